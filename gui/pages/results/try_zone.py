"""The drop zone of Try it: also takes pictures without a file, as browsers and screenshots do."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QWidget

from core.language import _
from core.recipe.modality import AUTO, Modality, modality_named
from gui.processes.scratch import ScratchFolder
from gui.widgets.basics import set_role
from gui.widgets.drop_zone import DropZone, local_paths


class TryZone(DropZone):
    """Signals: `given` with the paths of examples; pictures without a file get one."""

    invitation = _("Drop {an_example} to see what the classifier says of it.")
    given = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "data", parent)
        self._modality = modality_named(AUTO)
        self._folder = ScratchFolder()
        self._number = 0
        self.dropped.connect(self.given)
        self.show_modality(self._modality)

    def show_modality(self, modality: Modality) -> None:
        """Take other examples from now on."""
        self._modality = modality
        self.show_words(
            modality.words(_("Drop {examples} here")),
            modality.words(_("Any {example}: it need not be one of the run's.")),
            modality.icon,
        )

    def paste(self) -> None:
        """Take files or a picture from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if not self._take(data):
            self.refused.emit(self._modality.words(_("There is no {example} on the clipboard.")))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures are welcome too."""
        if not local_paths(event.mimeData()) and self._has_picture(event.mimeData()):
            set_role(self, "true", "dragging")
            event.acceptProposedAction()
            return
        super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take files or a picture."""
        if local_paths(event.mimeData()) or not self._has_picture(event.mimeData()):
            super().dropEvent(event)
            return
        set_role(self, "", "dragging")
        event.acceptProposedAction()
        self._take(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes pictures too."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def _take(self, data: QMimeData | None) -> bool:
        paths = local_paths(data) if data is not None else []
        if not paths and data is not None and self._has_picture(data):
            kept = self._kept(QImage(data.imageData()))
            paths = [kept] if kept is not None else []
        if paths:
            self.given.emit(paths)
        return bool(paths)

    def _has_picture(self, data: QMimeData) -> bool:
        return self._modality.shown_as == "picture" and data.hasImage()

    def _kept(self, image: QImage) -> Path | None:
        """The file of a picture that had none."""
        self._number += 1
        file = self._folder.path / f"Pasted image {self._number}.png"
        return file if not image.isNull() and image.save(str(file)) else None
