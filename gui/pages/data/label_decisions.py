"""What was decided of labels in the window: kept at once, given to the next run when it is asked.

Decisions lie in the data folder of Redistill, a table for each set of labeled data, never in these.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from core.data.corrections import read_corrections, write_corrections
from core.data.decision import Correction
from core.errors import RunError
from core.system.data_folder import data_folder

_FOLDER = "labels"
_TABLE = "decisions.csv"


def folder_for(*paths: str) -> Path:
    """Where what was decided of some data is kept."""
    digest = hashlib.sha256("\n".join(paths).encode("utf-8", "surrogatepass")).hexdigest()
    return data_folder() / _FOLDER / digest[:16]


class LabelDecisions:
    """Decisions on the labels of one set of data, with undo.

    Args:
        labeled: The labeled data.
        applied: The table of corrections that they are read with now, if any.

    Raises:
        RunError: A table of decisions can't be read.
    """

    def __init__(self, labeled: str, applied: Path | None = None) -> None:
        self._folder = folder_for(labeled)
        self._known: dict[str, Correction] = {}
        self._undo: list[tuple[str, Correction | None]] = []
        for table in (applied, self._folder / _TABLE):
            if table is not None and table.exists():
                self._known |= {each.name: each for each in read_corrections(table)}

    def __len__(self) -> int:
        return len(self.that_change)

    @property
    def that_change(self) -> list[Correction]:
        """Those that change something."""
        return [each for each in self._known.values() if each.decision in {"correct", "leave out"}]

    @property
    def can_undo(self) -> bool:
        """Whether there is one to take back."""
        return bool(self._undo)

    def of(self, name: str) -> Correction | None:
        """What was decided of an example."""
        return self._known.get(name)

    def decide(self, decision: Correction) -> None:
        """Keep a decision, on disk at once.

        Raises:
            RunError: `file-not-writable`.
        """
        before = self._known.get(decision.name)
        if before is not None and before.given != decision.given:
            # What the data say, not what an earlier correction made of it.
            decision = replace(decision, given=before.given)
        self._undo.append((decision.name, before))
        self._known[decision.name] = decision
        self._save(self._folder / _TABLE)

    def undo(self) -> str:
        """Take the last decision back; the name of its example.

        Raises:
            RunError: `file-not-writable`.
        """
        name, before = self._undo.pop()
        if before is None:
            del self._known[name]
        else:
            self._known[name] = before
        self._save(self._folder / _TABLE)
        return name

    def table(self) -> Path:
        """The decisions as a table of their own, which later ones don't change.

        Raises:
            RunError: `file-not-writable`.
        """
        digest = hashlib.sha256(repr(self.that_change).encode("utf-8", "surrogatepass")).hexdigest()
        path = self._folder / f"corrections-{digest[:12]}.csv"
        self._save(path)
        return path

    def _save(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_corrections(path, self._known.values())
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError("file-not-writable", path=path, reason=reason) from error
