"""The run behind `compare`: candidates, their trainings, the comparison."""
