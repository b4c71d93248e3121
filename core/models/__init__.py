"""What is trained: masked models, their sources, heads."""
