"""How everything looks: colours, sizes, letters, icons, and the style that paints with them."""

from gui.theme.theme import Look, Motion, Theme, icon, theme
from gui.theme.tokens import Colours

__all__ = ["Colours", "Look", "Motion", "Theme", "icon", "theme"]
