"""Numbers and nouns in words."""
