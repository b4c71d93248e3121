"""A map as a file: asked for, and opened where it is a page."""

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from core.language import _
from gui.widgets.dialogs import choose_new_file
from gui.widgets.opening import open_outside

_KINDS: Final = _("Web page (*.html);;Table, Parquet (*.parquet);;Table, CSV (*.csv)")


def asked_page(parent: QWidget, name: str) -> Path | None:
    """Where a map shall be saved, a page if nothing else is said; None: it shall not.

    Args:
        parent: Below the dialog.
        name: Of what is shown.
    """
    page = choose_new_file(parent, _("Save the map"), _KINDS, Path.home() / f"{name}-map.html")
    if page is None:
        return None
    return page if page.suffix else page.with_suffix(".html")


def show_page(asking: QWidget, page: Path) -> None:
    """Open a page in the browser; tables stay where they are."""
    if page.suffix.lower() == ".html":
        open_outside(asking, page)
