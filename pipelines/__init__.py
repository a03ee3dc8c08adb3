"""THE ORDER OF STAGES: one file per command."""
