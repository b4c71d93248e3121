"""Bytes of a text file to characters: as tables of all modalities are read."""

from core.data.tables.encodings import encoding_of, kind_of, open_bytes, open_text

__all__ = ["encoding_of", "kind_of", "open_bytes", "open_text"]
