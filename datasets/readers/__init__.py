"""One file per data set format; the file name is what `--format` takes."""
