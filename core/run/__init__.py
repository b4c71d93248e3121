"""A run on disk: its folder, formats, events and plan."""
