"""What is asked of a device: one table of kinds, so that nobody else tells them apart."""
