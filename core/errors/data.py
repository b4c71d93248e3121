"""What can be wrong with a user's images, folders and label tables."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {}
