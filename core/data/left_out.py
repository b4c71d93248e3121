"""Examples that the user has left out, by the names that manifests show."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from core.data.manifest import Manifest, counted, displayed
from core.data.splits import nfc
from core.language import _

# Why they are quarantined.
LEFT_OUT: Final = "left out by you (data.left_out)"
LEFT_OUT_CORRECTED: Final = "left out by you (data.corrections)"
BY_THE_USER: Final = frozenset({LEFT_OUT, LEFT_OUT_CORRECTED})


class LeftOut:
    """Says of each example whether it is left out, and which names are of none.

    Args:
        names: Paths below a root or whole ones; of a row in a table with its line.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._shown = {nfc(name): name for name in names}
        self._met: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._shown)

    def has(self, root: Path | str, path: str) -> bool:
        """Whether the example at a path below a root is left out."""
        if not self._shown:
            return False
        names = {nfc(displayed(path)), nfc(displayed(Path(root, path).as_posix()))}
        found = names & self._shown.keys()
        self._met |= found
        return bool(found)

    def notes(self) -> list[str]:
        """Say which names no example has."""
        unknown = [shown for name, shown in self._shown.items() if name not in self._met]
        if not unknown:
            return []
        number = counted(len(unknown), "name")
        return [
            _("{number} in data.left_out not found (first: {unknown})").format(
                number=number, unknown=displayed(unknown[0])
            )
        ]


def left_out_of(manifest: Manifest) -> frozenset[tuple[int, str]]:
    """Root and path of what the user had left out when a manifest was made."""
    return frozenset(
        (bad.root, bad.path) for bad in manifest.quarantined if bad.reason in BY_THE_USER
    )
