"""FILES -> FILMS: readers, image decoding, splits and the drawn demonstration set."""
