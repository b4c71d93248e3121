"""What one example is called: the window's words speak of images until a run is about texts."""

import re

from core.errors import RunError
from core.run.folder import RunFolder

Kind = str

_IMAGES = re.compile(r"\b([Aa])n (unlabeled |labeled )?image\b|\b([Ii])mage(s?)\b")


def worded(words: str, kind: Kind) -> str:
    """Words about images as they are for that kind: `an image` as `a text`, `Images` as `Texts`."""
    return _IMAGES.sub(_as_text, words) if kind == "text" else words


def kind_of(run: RunFolder | None) -> Kind:
    """What a run learns from; images where that can't be read."""
    try:
        return "text" if run is not None and run.recipe().data.kind == "text" else "images"
    except RunError:
        return "images"


def _as_text(found: re.Match[str]) -> str:
    if found[1]:
        article = "an" if found[2] == "unlabeled " else "a"
        return f"{found[1]}{article[1:]} {found[2] or ''}text"
    return f"{'T' if found[3] == 'I' else 't'}ext{found[4]}"
