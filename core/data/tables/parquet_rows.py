"""Rows of Parquet, with the names of classes that `datasets` writes into its schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Rows = Iterator[tuple[int, dict[str, Any]]]
_AT_ONCE = 1024


def parquet_rows(file: Path, *, at_once: int = _AT_ONCE) -> Rows:
    """(row from 1, row by column); numbers of classes are replaced by their names.

    Args:
        file: The table.
        at_once: Rows in memory.

    Raises:
        ValueError: It is no Parquet file.
    """
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(file) as table:
        classes = _classes(table.schema_arrow.metadata or {})
        for batch in table.iter_batches(batch_size=at_once):
            for row in batch.to_pylist():
                number += 1
                for column, names in classes.items():
                    if column in row:
                        row[column] = _named(row[column], names)
                yield number, row


def _classes(metadata: dict[bytes, bytes]) -> dict[str, list[str]]:
    """Names of the classes by column, as `datasets` describes its features."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {
            column: [str(name) for name in feature["names"]]
            for column, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _named(value: Any, names: list[str]) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < len(names):
            return names[value]
        return None if value == -1 else value
    return value
