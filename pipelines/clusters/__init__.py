"""Of `--cluster`: work that other processes, or other machines, do."""
