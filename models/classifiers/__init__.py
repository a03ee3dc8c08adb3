"""One file per classifier; the file name is what `--classifiers` takes."""
