"""The tab where a classifier is used: whole folders, with all that is found in a table."""

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QProgressBar, QWidget

from core.language import _
from core.recipe.modality import AUTO, Modality, modality_named
from core.run.classifiers import classifier_named
from core.run.decision import says_one_class
from core.run.folder import RunFolder
from gui.pages.results.batch import Batch, Job
from gui.pages.results.doubt import Doubt
from gui.pages.results.prediction_filter import PredictionFilter
from gui.pages.results.prediction_table import PredictionTable
from gui.pages.results.use_words import ending, progress
from gui.theme import theme
from gui.widgets.basics import button, column, label
from gui.widgets.dialogs import choose_folder, choose_new_file
from gui.widgets.drop_zone import DropZone
from gui.widgets.flow import Flow
from gui.widgets.notices import announce
from gui.words.modality import file_filter

_LOADING, _PAUSING = _("Loading the classifier …"), _("Pausing …")
# New rows are shown together; arranging them takes at most this share of the time.
_SOON_MS = 400
_ARRANGING = 0.1
_VECTORS = _("Parquet, with what was predicted (*.parquet);;Plain numbers (*.npy)")


class UseIt(QWidget):
    """Zone, progress, table, and what can be written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self._stage = ""
        self._modality = modality_named(AUTO)
        self._paths: list[Path] = []
        self._targets: dict[str, Path] = {}
        self._starts_again = False
        self.batch = Batch(self)
        self.zone = DropZone("", "", "data", is_low=True)
        self.doubt, self.watch = Doubt(), QCheckBox(_("Wait for &new files"))
        self.bar, self.words = QProgressBar(), label("", "muted")
        self.problem, self.detail = label("", "warn"), label("", "muted")
        self.filter, self.table = PredictionFilter(), PredictionTable()
        self.rows = self.table.rows
        self.pause = button(_("&Pause"), self._pause, icon_name="pause")
        self.go_on = button("", self._start, icon_name="play")
        self._is_whole = False
        self._due = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._due.timeout.connect(self._show_new)
        self._build()
        self._connect()
        self.show_modality(self._modality)

    def show_modality(self, modality: Modality) -> None:
        """Take other examples from now on."""
        self._modality = modality
        self.zone.show_words(
            modality.words(_("Drop a folder of {examples} here")),
            _("All of it is classified, and nothing is written into it."),
            modality.icon,
        )
        self.table.show_modality(modality)

    def show_classifier(self, run: Path, stage: str) -> None:
        """Another classifier answers from now on, as soon as it is asked to."""
        if run != self._run:
            self.forget()
        elif stage == self._stage:
            return
        self._run, self._stage = run, stage
        self.doubt.show_classifier(run, stage)
        # Else an example may belong to several folders, or to none.
        folder = classifier_named(RunFolder(run), stage)
        self.copy_sorted.setVisible(says_one_class(folder))
        self._begin_anew(starts=False)

    def forget(self) -> None:
        """No run is open."""
        self._run, self._stage, self._paths = None, "", []
        self._begin_anew(starts=False)

    def take(self, paths: list[Path]) -> None:
        """Classify files and folders."""
        if self._run is None or not paths:
            return
        self._paths = paths
        self._begin_anew(starts=True)

    def shut_down(self) -> None:
        """End the process; what was found is kept."""
        self.batch.abandon()
        self.rows.loader.shut_down()

    def _begin_anew(self, *, starts: bool) -> None:
        # Not paused: what it still says is about something else.
        self.batch.abandon()
        self._starts_again = self._is_whole = False
        self._targets.clear()
        self.rows.forget()
        self.filter.show_answers({})
        self.zone.show_paths(self._paths)
        self.problem.hide()
        self.words.setText("")
        if starts:
            self._start()
        self._show_state()

    def _start(self) -> None:
        """Start, or go on; a process at work ends first."""
        if self._run is None or not self._paths:
            return
        if self.batch.is_busy:
            self._starts_again = True
            self.batch.pause()
            return
        self._starts_again = self._is_whole = False
        job = Job(
            self._run,
            self._stage,
            self._paths,
            self.doubt.value,
            self.watch.isChecked(),
            dict(self._targets),
        )
        self.words.setText(_LOADING)
        self.bar.setRange(0, 0)
        self.batch.start(job)
        self._show_state()

    def _pause(self) -> None:
        self._starts_again = False
        self.words.setText(_PAUSING)
        self.batch.pause()

    def _build(self) -> None:
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        layout.addWidget(self.zone)
        line = Flow()
        line.addWidget(button(_("Fol&der …"), self._browse, icon_name="folder"))
        line.addWidget(button(_("Files …"), self._browse_files, icon_name="open"))
        line.addWidget(self.pause)
        line.addWidget(self.go_on)
        line.addWidget(self.watch)
        layout.addLayout(line)
        layout.addWidget(self.doubt)
        self.bar.setTextVisible(False)
        self.bar.setProperty("role", "thin")
        self.bar.setAccessibleName(_("How much is classified"))
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        layout.addWidget(self.problem)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        self._saving = QWidget()
        buttons = Flow(self._saving)
        buttons.addWidget(button(_("Save ta&ble …"), self._save_table, icon_name="save"))
        self.copy_sorted = button(_("Copy so&rted …"), self._copy_sorted, icon_name="copy")
        buttons.addWidget(self.copy_sorted)
        buttons.addWidget(button(_("Save &vectors …"), self._save_vectors, icon_name="save"))
        layout.addWidget(self._saving)

    def _connect(self) -> None:
        self.zone.dropped.connect(self.take)
        self.zone.browsing.connect(self._browse)
        self.zone.refused.connect(self._say)
        self.zone.removed.connect(self._remove)
        self.filter.changed.connect(self._filter)
        self.watch.toggled.connect(lambda _: self._start())
        self.doubt.changed.connect(self._on_doubt)
        self.batch.found.connect(self._on_found)
        self.batch.moved.connect(lambda *_: self._show_progress())
        self.batch.told.connect(self._say)
        self.batch.done.connect(self._on_done)
        self.batch.failed.connect(lambda what, action: self._say(f"{what} {action}"))
        self.batch.ended.connect(self._on_ended)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._show_detail())

    def _browse(self) -> None:
        chosen = choose_folder(self, self._modality.words(_("A folder of {examples}")))
        self.take([chosen] if chosen is not None else [])

    def _browse_files(self) -> None:
        title, known = self._modality.words(_("Choose {examples}")), file_filter(self._modality)
        chosen = QFileDialog.getOpenFileNames(self, title, "", known)[0]
        self.take([Path(file) for file in chosen])

    def _remove(self, path: Path) -> None:
        self._paths = [kept for kept in self._paths if kept != path]
        self._begin_anew(starts=bool(self._paths))

    def _on_doubt(self) -> None:
        if self._paths:
            self._begin_anew(starts=True)

    def _on_found(self, rows: list[dict[str, Any]]) -> None:
        self.rows.take(rows)
        if not self._due.isActive():
            self._due.start()

    def _show_new(self) -> None:
        began = time.monotonic()
        self.table.keeping_place(self.rows.show_new)
        self._show_detail()
        self.filter.show_answers(self.rows.counts)
        took_ms = 1000 * (time.monotonic() - began)
        self._due.setInterval(max(_SOON_MS, round(took_ms / _ARRANGING)))
        self._show_state()

    def _filter(self) -> None:
        wanted = self.filter.text, self.filter.answer
        self.table.keeping_place(lambda: self.rows.filter(*wanted))
        self._show_detail()
        announce(self, _("{number:,} shown").format(number=self.rows.rowCount()))

    def _show_progress(self) -> None:
        words, done, total = progress(
            self.batch, self._modality, is_watching=self.watch.isChecked()
        )
        self.words.setText(words)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _on_done(self, message: dict[str, Any]) -> None:
        words = ending(message, self._modality, self._targets)
        self.words.setText(words)
        self._is_whole = bool(message["is_whole"])
        if self._is_whole:
            self._targets.clear()
        announce(self, words)

    def _on_ended(self) -> None:
        self._due.start()
        if self._starts_again:
            self._start()
        elif self.words.text() in (_LOADING, _PAUSING):
            # It ended before it could say how far it was.
            self.words.setText(_("Paused. It goes on from there, later too."))
        self._show_state()

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()
        announce(self, words)

    def _show_state(self) -> None:
        is_busy, has_rows = self.batch.is_busy, self.rows.num_rows > 0
        self.go_on.setText(_("Look a&gain") if self._is_whole else _("&Go on"))
        self._show_one(is_busy=is_busy)
        self.bar.setVisible(is_busy)
        self.watch.setEnabled(bool(self._paths))
        for part in (self.filter, self.table, self.detail, self._saving):
            part.setVisible(has_rows)

    def _show_one(self, *, is_busy: bool) -> None:
        """Pause and Go on take turns; the keyboard stays where it is."""
        hidden, shown = (self.go_on, self.pause) if is_busy else (self.pause, self.go_on)
        shown.setVisible(bool(self._paths))
        if hidden.hasFocus() and self._paths:
            shown.setFocus()
        hidden.hide()

    def _show_detail(self) -> None:
        self.detail.setText(self.table.detail)

    def _save_table(self) -> None:
        chosen = choose_new_file(self, _("Save the table"), _("CSV (*.csv)"), _new("csv"))
        self._write("table", chosen)

    def _save_vectors(self) -> None:
        chosen = choose_new_file(self, _("Save the vectors"), _VECTORS, _new("parquet"))
        self._write("embeddings", chosen)

    def _copy_sorted(self) -> None:
        chosen = choose_folder(self, _("Where shall the folders of the classes be?"))
        self._write("sort_into", chosen)

    def _write(self, kind: str, path: Path | None) -> None:
        if path is None:
            return
        endings = {"table": (".csv",), "embeddings": (".parquet", ".npy")}.get(kind, ())
        if endings and path.suffix not in endings:
            path = path.with_name(path.name + endings[0])
        self.problem.hide()
        self._targets[kind] = path
        self._start()


def _new(ending: str) -> Path:
    return Path.home() / f"predictions.{ending}"
