"""What the first word of a manifest's line says of the others; on disk, so it stays."""

from typing import Final

# Of an example, whatever the modality: the word is that of the first versions.
EXAMPLE_ROW: Final = "image"
# Of a file whose texts are not listed one by one.
TEXTS_ROW: Final = "texts"
QUARANTINED_ROW: Final = "quarantined"
