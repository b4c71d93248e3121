"""What was chosen, found and set, and the run that is watched."""
