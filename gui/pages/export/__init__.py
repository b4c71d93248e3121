"""What the export page is made of."""
