"""The user's own examples that an export is checked on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.data.manifest import Example, Manifest

MOST_EXAMPLES: Final = 64


@dataclass(frozen=True)
class CheckExamples:
    """Examples to check an export on.

    Attributes:
        which: `test`, `labeled` or `unlabeled`.
        names: As the user knows them.
        given: What the export's `run.py` gets of each: the name of a file, or a text.
        inputs: What the trained model gets, `Subject.outputs` says in which form.
        num_converted: How many files were converted first, which no other program reads as we do.
    """

    which: str
    names: tuple[str, ...]
    given: tuple[str, ...]
    inputs: Any
    num_converted: int = 0

    def batches(self, size: int) -> Iterator[Any]:
        """`inputs` in pieces of at most `size`."""
        for start in range(0, len(self.names), size):
            yield self.inputs[start : start + size]


def candidates(manifest: Manifest) -> tuple[str, list[Example]]:
    """Up to 64 test examples, spread evenly; without any, labeled or unlabeled ones; and which."""
    for which, examples in (
        ("test", manifest.labeled_split("test")),
        ("labeled", list(manifest.labeled)),
        ("unlabeled", list(manifest.unlabeled)),
    ):
        if examples:
            places = np.linspace(0, len(examples) - 1, min(MOST_EXAMPLES, len(examples)))
            return which, [examples[place] for place in places.round().astype(int)]
    return "unlabeled", []
