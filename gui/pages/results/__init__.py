"""Parts of the results page."""
