"""Features of encoders that were looked at before: several heads are fitted on the same ones."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

# Of all that is kept; the oldest go first, and what is larger is not kept at all.
_MOST_BYTES = 1 << 28


class KnownFeatures:
    """Keeps features while a process goes on; a resumed run computes them once more, the same."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, np.ndarray] = OrderedDict()

    def of(self, parts: tuple[bytes, ...], compute: Callable[[], np.ndarray]) -> np.ndarray:
        """What was computed for the same parts before, else what is computed now.

        Args:
            parts: All that the features depend on.
            compute: Gives (N, D) features; nobody may change them.
        """
        key = _digest(parts)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = compute()
        self._known[key] = found
        while sum(each.nbytes for each in self._known.values()) > _MOST_BYTES:
            self._known.popitem(last=False)
        return found


def _digest(parts: tuple[bytes, ...]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.hexdigest()
