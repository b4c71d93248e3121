"""Names that a CSV file must not have: programs would take it for something else."""

from pathlib import Path
from typing import Final

from core.errors import RunError

_OTHERS: Final = frozenset(
    {".parquet", ".npy", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".arrow", ".feather", ".html"}
)


def refuse_other_formats(table: Path | None) -> None:
    """Refuse the name of another format for a table that will be CSV.

    Raises:
        RunError: `table-is-csv`.
    """
    if table is not None and table.suffix.lower() in _OTHERS:
        raise RunError("table-is-csv", path=table, suffix=table.suffix)
