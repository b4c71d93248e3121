"""What can be wrong with a pretrained model: its name, its files, the way to it."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {}
