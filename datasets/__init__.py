"""Files to images: readers, decoding, labels, splits and the synthetic images."""
