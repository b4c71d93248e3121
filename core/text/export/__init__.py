"""Models of text in the formats of other programs."""
