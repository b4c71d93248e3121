"""The bundled font and the letters of each role."""

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from core.system.resources import RESOURCES
from gui.theme import tokens

FONTS = RESOURCES / "fonts"
# Digits of one width: numbers below each other line up, and a counter does not tremble.
_TABULAR = QFont.Tag("tnum")


@lru_cache(maxsize=1)
def _family() -> str:
    """The bundled family; '' where it can't be loaded, and the system's is used."""
    families: list[str] = []
    for file in sorted(FONTS.glob("*.ttf")):
        families += QFontDatabase.applicationFontFamilies(
            QFontDatabase.addApplicationFont(str(file))
        )
    return families[0] if families else ""


def text_font(scale: float) -> QFont:
    """Plain text at a scale; letters that the bundled font lacks come from the system's."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    own = _family()
    font = QFont(system)
    if own:
        font.setFamilies([own, *system.families()])
        font.setStyleName("")
    font.setPixelSize(round(scale * _base(system)))
    font.setWeight(QFont.Weight.Normal)
    font.setFeature(_TABULAR, 1)
    return font


def has_chinese() -> bool:
    """Whether any font here has Chinese characters; the bundled one has none."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def role_font(plain: QFont, role: str) -> QFont:
    """The letters of a role in `tokens.TYPE`."""
    size, weight = tokens.TYPE[role]
    return sized(plain, size, weight)


def sized(plain: QFont, share: float, weight: int = tokens.REGULAR) -> QFont:
    """Letters of another size and weight."""
    font = QFont(plain)
    font.setPixelSize(max(1, round(plain.pixelSize() * share)))
    font.setWeight(QFont.Weight(weight))
    return font


def fixed(plain: QFont, share: float) -> QFont:
    """Letters of one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(max(1, round(plain.pixelSize() * share)))
    return font


@lru_cache(maxsize=4)
def _base(system: QFont) -> float:
    """Who has set larger letters for the system gets them."""
    return float(min(max(tokens.TEXT, QFontInfo(system).pixelSize()), tokens.TEXT_MOST))
