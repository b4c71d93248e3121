"""What the data page is made of."""
