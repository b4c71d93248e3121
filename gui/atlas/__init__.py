"""The map of examples, as the pages of data and of results show it."""
