"""A map of examples, of a run or before any: each a point, near to those that are alike."""
