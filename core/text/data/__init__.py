"""Text on disk: files to texts with labels, without any training stack."""
