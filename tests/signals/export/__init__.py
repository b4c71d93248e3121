"""Part of the signals."""
