"""What a run's classifier says of new examples."""
