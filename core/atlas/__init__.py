"""A map of a run's examples: each a point, near to those that an encoder finds alike."""
