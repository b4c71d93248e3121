"""How everything looks: colours, sizes, icons, and the style sheet made of them."""

from gui.theme.theme import Look, Theme, icon, theme
from gui.theme.tokens import Colours

__all__ = ["Colours", "Look", "Theme", "icon", "theme"]
