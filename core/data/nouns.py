"""What is counted, for who says a count again in another language (`core.language.again`).

`core.data.manifest.counted` puts the English words together. Here they are collected, with their
number: a column or a folder may be called `label`, and is not translated.
"""

from typing import Final

from core.language import _

NOUNS: Final = (
    _("{count:,} image"),
    _("{count:,} images"),
    _("{count:,} labeled image"),
    _("{count:,} labeled images"),
    _("{count:,} unlabeled image"),
    _("{count:,} unlabeled images"),
    _("{count:,} unlabeled text"),
    _("{count:,} unlabeled texts"),
    _("{count:,} text"),
    _("{count:,} texts"),
    _("{count:,} labeled text"),
    _("{count:,} labeled texts"),
    _("{count:,} text file"),
    _("{count:,} text files"),
    _("{count:,} JSON file"),
    _("{count:,} JSON files"),
    _("{count:,} line or paragraph"),
    _("{count:,} lines and paragraphs"),
    _("{count:,} picture"),
    _("{count:,} pictures"),
    _("{count:,} file"),
    _("{count:,} files"),
    _("{count:,} class"),
    _("{count:,} classes"),
    _("{count:,} class folder"),
    _("{count:,} class folders"),
    _("{count:,} copy"),
    _("{count:,} copies"),
    _("{count:,} correction"),
    _("{count:,} corrections"),
    _("{count:,} group"),
    _("{count:,} groups"),
    _("{count:,} label"),
    _("{count:,} labels"),
    _("{count:,} labeled example"),
    _("{count:,} labeled examples"),
    _("{count:,} mask"),
    _("{count:,} masks"),
    _("{count:,} name"),
    _("{count:,} names"),
    _("{count:,} row"),
    _("{count:,} rows"),
    _("{count:,} table"),
    _("{count:,} tables"),
    _("{count:,} more table"),
    _("{count:,} more tables"),
    _("{count:,} other sheet"),
    _("{count:,} other sheets"),
    _("{count:,} process"),
    _("{count:,} processes"),
    _("{count:,} encoder"),
    _("{count:,} encoders"),
)
