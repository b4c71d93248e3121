"""The library: runs found, read in the background, shown as cards."""
