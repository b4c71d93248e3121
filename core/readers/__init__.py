"""What a run left behind, for whoever shows it."""
