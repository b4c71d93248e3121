"""Texts that one file gives several labels: which is right, nobody can tell."""

from collections import defaultdict
from collections.abc import Sequence

from core.data.findings import MOST_LISTED
from core.data.manifest import Example, Quarantined, counted
from core.language import _

Key = tuple[int, str, str]


def without_conflicts(
    texts: Sequence[Example],
) -> tuple[list[Example], list[Quarantined], list[str]]:
    """Leave out texts that stand in one file under several labels.

    Copies in different files, as of train and test, stay: they are told as leaks.

    Returns:
        The others; those that were left out; and how many there were, in words.
    """
    labels: dict[Key, set[str]] = defaultdict(set)
    for text in texts:
        labels[_key(text)].add(str(text.label))
    conflicts = [text for text in texts if len(labels[_key(text)]) > 1]
    if not conflicts:
        return list(texts), [], []
    left_out = [
        Quarantined(
            text.path,
            text.root,
            _("the same text has several labels ({labels})").format(
                labels=", ".join(sorted(labels[_key(text)]))
            ),
        )
        for text in conflicts[:MOST_LISTED]
    ]
    words = _("{num_texts} left out: the same text has several labels").format(
        num_texts=counted(len(conflicts), "text")
    )
    return [text for text in texts if len(labels[_key(text)]) == 1], left_out, [words]


def _key(text: Example) -> Key:
    name, colon, line = text.path.rpartition(":")
    return text.root, name if colon and line.isdigit() else text.path, text.sha256
