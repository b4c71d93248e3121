"""Makes the sample's run in a helper process and shows how far it is."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from core.hub.catalog import starter_folder
from core.language import _
from core.recipe.modality import Modality, modalities
from core.run.files import MODEL_JSON
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.state.known_runs import free_name
from gui.widgets import dialogs
from gui.widgets.basics import button, label, row
from gui.words.sentences import any_of

_SAMPLES = _("They are already here and train offline, in a few minutes: {}.")


class SampleMaker(QFrame):
    """Hidden while there is nothing to do.

    Signals:
        made: The path of the new run folder.
        failed: What went wrong, and what to do.
    """

    made = Signal(object)
    failed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setAccessibleName(_("The sample"))
        self.words = label("", wrap=False)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(_("Making the sample"))
        self.cancel = button(_("Cance&l"), self.stop, icon_name="stop")
        line = row(self, margin=2, gap=2)
        line.addWidget(self.words)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(lambda message: self.made.emit(Path(message["run"])))
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))
        self._process.ended.connect(self.hide)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether the sample is being made."""
        return self._process.is_busy

    def start(self, runs_folder: Path, modality: Modality) -> None:
        """Make a run folder such as `sample-images` (or `sample-images-2`, …) there."""
        if self.is_busy:
            return
        self.words.setText(_("Preparing the sample …"))
        self.bar.setMaximum(0)
        self.cancel.setEnabled(True)
        self.show()
        folder = free_name(runs_folder / f"sample-{modality.name}")
        self._process.start(process_names.SAMPLE, str(folder), modality.name)

    def stop(self) -> None:
        """End it; what was written is taken away."""
        self.cancel.setEnabled(False)
        self._process.stop()

    def shut_down(self) -> None:
        """End the process now."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message.get("kind") == "progress":
                self.words.setText(f"{message['what']} …")
                self.bar.setMaximum(int(message["total"]))
                self.bar.setValue(int(message["done"]))


def asked_modality(parent: QWidget) -> Modality | None:
    """Which sample is wanted, where there is a choice; None for none."""
    offered = {
        name: modality
        for name, modality in modalities().items()
        if modality.sample and (starter_folder(modality.starter) / MODEL_JSON).is_file()
    }
    if len(offered) < 2:
        return next(iter(offered.values()), None)
    text = _SAMPLES.format(any_of([each.sample_about for each in offered.values()]))
    answers = {name: modality.sample for name, modality in offered.items()}
    asked = dialogs.ask(
        parent, _("Which sample?"), text, {**answers, "cancel": _("&Cancel")}, "cancel"
    )
    return offered.get(asked)
