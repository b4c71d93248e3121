"""What exports need to know of image models."""
