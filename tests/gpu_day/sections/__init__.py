"""What is looked at on the day, one module each with a `run(day)`."""
