"""Names of images that may tell their classes: `cat.0.jpg` and `dog.0.jpg`. Said, never used."""

import re
from collections import Counter
from collections.abc import Iterable

from core.data.manifest import displayed
from core.data.splits import is_generic, roles_of
from core.language import _

_NUMBERED = re.compile(r"(.*[^\W\d_])[\W_]*\d[\d\W_]*")
# What cameras and programs call every picture.
_OF_CAMERAS = frozenset(
    {"dsc", "dscn", "dscf", "pxl", "gopr", "mvi", "frame", "screenshot", "scan", "page", "slide"}
)
_NEARLY_ALL = 0.9
_FEW = 5


def class_words(paths: Iterable[str]) -> str:
    """What is to be said of words that names begin with; empty if they tell nothing."""
    names = [path.rpartition("/")[2].rpartition(".")[0] for path in paths]
    found = Counter(match[1] for name in names if (match := _NUMBERED.fullmatch(name)))
    words = sorted(word for word, count in found.items() if count > 1)
    are_all = sum(found[word] for word in words) >= _NEARLY_ALL * len(names)
    if len(words) < 2 or not are_all or any(map(_says_nothing, words)) or roles_of(words):
        return ""
    shown = ", ".join(displayed(word) for word in words[:_FEW])
    shown += ", …" if len(words) > _FEW else ""
    return _(
        "names begin with one of {words} words ({shown}): if these are the classes, "
        "put the images into a folder for each, or write a table with columns path "
        "and label"
    ).format(words=len(words), shown=shown)


def _says_nothing(word: str) -> bool:
    return is_generic(word) or word.casefold() in _OF_CAMERAS
