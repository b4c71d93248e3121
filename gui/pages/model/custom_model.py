"""Any other model: by its name on the hub or in timm, or from this disk."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QWidget

from core.hub.address import name_in_address
from core.language import _
from core.recipe.modality import AUTO, Modality, modality_named
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.widgets import dialogs
from gui.widgets.basics import button, column, flowing, label, row, set_role
from gui.widgets.beside import Beside
from gui.widgets.notices import announce

_HELPER = process_names.CHECK_MODEL
# Steps of the grid from which on the buttons stand beside the field.
_IN_A_LINE = 130


class CustomModel(QFrame):
    """A field and a place to drop things on; what is given is checked by a helper process.

    Signals:
        checked: What the helper found out of a model that can be used.
        refused: The name of one that can't be used, and why.
    """

    checked = Signal(dict)
    refused = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "zone")
        self.setAcceptDrops(True)
        self.setAccessibleName(_("Another model"))
        self.offline = False
        self._name = ""
        self._modality = modality_named(AUTO)
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.field.returnPressed.connect(self.check_field)
        self.check_button = button(_("&Check"), self.check_field, icon_name="search")
        self.browse = button(_("&Local model …"), self._show_menu, icon_name="folder")
        self.words = flowing(self._modality.models.invitation, "muted")
        self._title = label("", "heading", wrap=False)
        self._title.setTextFormat(Qt.TextFormat.AutoText)
        self._title.setBuddy(self.field)
        inside = column(self, margin=3, gap=2)
        name, buttons = QWidget(), QWidget()
        for whole, parts in (
            (name, (self._title, self.field)),
            (buttons, (self.check_button, self.browse)),
        ):
            line = row(whole, gap=2)
            for part in parts:
                line.addWidget(part)
        inside.addWidget(Beside(name, buttons, wide=_IN_A_LINE, share=6, gap=2))
        inside.addWidget(self.words)
        self._process = JsonProcess(self)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(self._on_failed)
        self._process.ended.connect(lambda: self.check_button.setEnabled(True))
        self.show_modality(self._modality)

    def show_modality(self, modality: Modality) -> None:
        """Ask for models of a modality from now on."""
        models = modality.models
        if modality is not self._modality:
            self._process.abandon()
            self._say(models.invitation, "muted")
        self._modality = modality
        self._title.setText(models.title)
        self.field.setPlaceholderText(models.placeholder)
        self.field.setAccessibleName(models.name)

    @property
    def is_busy(self) -> bool:
        """Whether a model is being checked."""
        return self._process.is_busy

    def check(self, name: str) -> None:
        """Find out whether a model can be used."""
        self._name = name
        self.check_button.setEnabled(False)
        self._say(_("Looking at {name} …").format(name=name), "muted")
        request = {"name": name, "offline": self.offline, "kind": self._modality.name}
        self._process.start(_HELPER, json.dumps(request))

    def check_field(self) -> None:
        """Check what is in the field: a name, a path, or the address of a page on the hub."""
        name = name_in_address(self.field.text())
        if name:
            self.field.setText(name)
            self.check(name)

    def shut_down(self) -> None:
        """End the helper."""
        self._process.abandon()

    def _show_menu(self) -> None:
        suffix = self._modality.models.weights
        if not suffix:
            self._choose_folder()
            return
        menu = QMenu(self)
        menu.addAction(_("A &folder …")).triggered.connect(self._choose_folder)
        menu.addAction(_("A .&{suffix} file …").format(suffix=suffix[1:])).triggered.connect(
            self._choose_file
        )
        menu.popup(self.browse.mapToGlobal(self.browse.rect().bottomLeft()))

    def _choose_folder(self) -> None:
        self._take(dialogs.choose_folder(self, _("Folder of a model")))

    def _choose_file(self) -> None:
        kinds = _("Weights (*{weights})").format(weights=self._modality.models.weights)
        self._take(dialogs.choose_file(self, _("Weights of a model"), kinds))

    def _take(self, path: Path | None) -> None:
        if path is not None:
            self.field.setText(str(path))
            self.check(str(path))

    def _say(self, words: str, role: str) -> None:
        self.words.setText(words)
        set_role(self.words, role)

    def _on_done(self, found: dict[str, Any]) -> None:
        self._say(
            _("{name} can be used. {invitation}").format(
                name=self._name, invitation=self._modality.models.invitation
            ),
            "ok",
        )
        announce(self, self.words.text())
        self.checked.emit(found)

    def _on_failed(self, error_id: str, what: str, action: str) -> None:
        del error_id
        self._say(f"{what} {action}", "bad")
        announce(self, self.words.text())
        self.refused.emit(self._name, f"{what} {action}")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local path."""
        paths = [url for url in event.mimeData().urls() if url.isLocalFile()]
        set_role(self, "true" if len(paths) == 1 else "refused", "dragging")
        if len(paths) == 1:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        set_role(self, "", "dragging")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Check what was dropped."""
        set_role(self, "", "dragging")
        event.acceptProposedAction()
        self._take(Path(event.mimeData().urls()[0].toLocalFile()))
