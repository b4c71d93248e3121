"""Rows of Parquet and Arrow, with the names of classes that `datasets` writes into the schema."""

import json
from collections.abc import Iterable, Iterator
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

    with pq.ParquetFile(file) as table:
        yield from _rows(table.iter_batches(batch_size=at_once), table.schema_arrow.metadata)


def arrow_rows(file: Path, *, at_once: int = _AT_ONCE) -> Rows:
    """The same of Arrow files, as `datasets` keeps them (`save_to_disk`) and as Feather.

    Raises:
        ValueError: It is no Arrow file.
    """
    import pyarrow as pa

    with pa.memory_map(str(file)) as source:
        try:
            table = pa.ipc.open_file(source)
            batches = (table.get_batch(number) for number in range(table.num_record_batches))
        except pa.ArrowInvalid:
            source.seek(0)
            batches = table = pa.ipc.open_stream(source)
        yield from _rows(_checked(batches, at_once), table.schema.metadata)


def _checked(batches: Iterable[Any], at_once: int) -> Iterator[Any]:
    """Some rows each, whose borders lie within the file."""
    for batch in batches:
        batch.validate(full=True)
        yield from (batch.slice(start, at_once) for start in range(0, batch.num_rows, at_once))


def _rows(batches: Iterable[Any], metadata: dict[bytes, bytes] | None) -> Rows:
    number = 0
    classes = _classes(metadata or {})
    for batch in batches:
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
