"""What the pages of results and of comparisons share."""
