r"""Several labels of one example as one string, as manifests and tables show it: `cat | dog`.

A bar or backslash within a name has a backslash before it. None of the labels at all is `(none)`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.recipe.tasks import TARGET, Task

NO_TAGS: Final = "(none)"
_BETWEEN: Final = " | "
_PART: Final = re.compile(r"(?:\\.|[^\\|])+")
_SPECIAL: Final = re.compile(r"([\\|])")
_ESCAPED: Final = re.compile(r"\\(.)")


def join_tags(names: Iterable[str]) -> str:
    """Labels of one example, sorted, each once."""
    escaped = [_SPECIAL.sub(r"\\\1", name) for name in sorted(set(names))]
    if escaped == [NO_TAGS]:
        return f"\\{NO_TAGS}"
    return _BETWEEN.join(escaped) or NO_TAGS


def split_tags(joined: str) -> tuple[str, ...]:
    """The labels that `join_tags` joined."""
    if joined == NO_TAGS:
        return ()
    return tuple(_ESCAPED.sub(r"\1", part.strip()) for part in _PART.findall(joined))


def names_in(label: str | None, task: Task) -> tuple[str, ...]:
    """Classes that an example's label names: one, or of several labels any number.

    A number names the one output that predicts it.
    """
    if label is None:
        return ()
    if task.is_number:
        return (TARGET,)
    return split_tags(label) if task.is_multi else (label,)


def all_names(labels: Iterable[str | None], task: Task) -> tuple[str, ...]:
    """Classes that labels name, sorted, each once."""
    return tuple(sorted({name for label in set(labels) for name in names_in(label, task)}))


def shown_tags(names: Sequence[str]) -> str:
    """Labels for people."""
    return ", ".join(names) or "none of them"
