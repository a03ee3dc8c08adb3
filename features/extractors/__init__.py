"""One file per extractor; the file name is what `--extractors` takes."""
