"""Our own drawings: SVG files whose colours are names of the look, as `@accent`."""

import re
from functools import lru_cache

from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from core.system.resources import RESOURCES
from gui.theme.tokens import Colours

PICTURES = RESOURCES / "pictures"
_ROLE = re.compile(r"@(\w+)")


@lru_cache(maxsize=64)
def drawing(name: str, colours: Colours) -> QSvgRenderer:
    """The drawing of that name in the colours of a look."""
    source = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    painted = _ROLE.sub(lambda role: str(getattr(colours, role[1])), source)
    return QSvgRenderer(QByteArray(painted.encode()))
