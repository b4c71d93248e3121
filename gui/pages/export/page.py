"""The export page: formats to choose from, each checked before it counts as done."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from core.errors import RunError
from core.language import _
from core.modalities import formats_of
from core.readers.recommendation import recommended_arm, which_one
from core.recipe.arms import ARM_PREFERENCE, FROZEN_LAYERS
from core.recipe.modality import AUTO, Modality, modality_named
from core.recipe.tasks import metric_of
from core.run.classifiers import classifiers_of
from core.run.files import RESULTS
from gui.pages.export.card import FormatCard
from gui.pages.export.exporter import Exporter, Wish
from gui.pages.export.formats import Formats
from gui.pages.export.outcome import exported_in
from gui.pages.export.push import PushPanel
from gui.pages.page import Page, Primary, Step
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs
from gui.widgets.basics import button, column, label, row, scrolled
from gui.widgets.busy_line import BusyLine
from gui.widgets.empty_state import EmptyState
from gui.widgets.opening import open_outside
from gui.widgets.page_head import PageHead
from gui.words.modality import modality_of
from gui.words.numbers import arm_title, percent

_WORDS = _(
    "Every export is checked on your own test {examples}, from their files, against the trained "
    "model. It counts as done only when both agree."
)
_TRAINING = _("The run is training. Its models are here when it is done.")
_UNFINISHED = _("The run is not finished: go on with it on Train.")


class ExportPage(Page):
    """Exports the open run."""

    key = "export"
    widest = 560

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._problems: dict[str, str] = {}
        self._recommended: str | None = None
        self._folder: Path | None = None
        self._exporter = Exporter(self)
        self._exporter.progressed.connect(self._on_progress)
        self._exporter.exported.connect(self._on_exported)
        self._exporter.failed.connect(self._on_failed)
        self._exporter.ended.connect(self._on_ended)
        self._modality: Modality | None = None
        self._build()
        self._show_formats(modality_named(AUTO))
        session.run_changed.connect(self._on_run_changed)
        watcher.status_changed.connect(lambda _: self._on_status())

    @property
    def cards(self) -> dict[str, FormatCard]:
        """Of each format, by its name."""
        return self.formats.cards

    def step(self) -> Step:
        """Done when something was exported."""
        if self._exporter.is_busy:
            return Step.BUSY
        if self._session.run is None:
            return Step.OPEN
        done = any(exported_in(self.folder_of(name)) for name in self.cards)
        return Step.DONE if done else Step.OPEN

    def primary(self) -> Primary:
        """Back to the runs: this is the end of the way."""
        if not self.empty.isHidden():
            return Primary(_("&Back to the run"), hint=_("Train shows how far it is."))
        return Primary(_("&Finish"), hint=_("Everything is kept in the run folder."))

    def on_primary(self) -> None:
        """Show the library, or the run that has to be finished first."""
        self.go_to.emit("library" if self.empty.isHidden() else "train")

    def on_shown(self) -> None:
        """Look at what there is."""
        self.refresh()

    def shut_down(self) -> None:
        """Give up an export or a push at work."""
        self._exporter.shut_down()
        self.push.shut_down()

    def folder_of(self, name: str) -> Path:
        """Where a format goes."""
        run = self._session.run
        assert run is not None
        base = self._folder if self._folder is not None else run.exports
        # The encoder that every run writes at its end has a name already.
        return base / (self.cards[name].format.folder or name + self._suffix(name))

    def _suffix(self, name: str) -> str:
        """Other precisions lie beside full precision."""
        precision = self.cards[name].precision.currentData()
        return "" if precision in (None, "fp32") else f"-{precision}"

    def refresh(self) -> None:
        """Show what can be exported, and what was."""
        run = self._session.run
        if run is None:
            self._show_empty(_("Choose a run first."))
            return
        is_there = run.results_file.exists() or any(run.exports.glob("*"))
        training = self._watcher.is_training
        self._show_empty("" if is_there else _TRAINING if training else _UNFINISHED)
        self._show_arms()
        self._where.setText(_("Into {folder}").format(folder=self._folder or run.exports))
        self._say_which()
        for name, card in self.cards.items():
            card.set_possible(self._why_not(name))
            found, problem = exported_in(self.folder_of(name)), self._problems.get(name, "")
            card.show_outcome(found, problem, self.arm.currentData())
        self.push.show_exports(
            {
                card.format.title: self.folder_of(name)
                for name, card in self.cards.items()
                if exported_in(self.folder_of(name))
            }
        )
        self.changed.emit()

    def _build(self) -> None:
        content = QWidget()
        layout = column(content, margin=4, gap=3)
        self._head = PageHead(_("Export the model"))
        layout.addWidget(self._head)
        line = row()
        which = label(_("&Model"), wrap=False)
        self.arm = QComboBox()
        self.arm.setAccessibleName(_("Which model to export"))
        self.arm.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.arm.activated.connect(lambda _: self.refresh())
        which.setBuddy(self.arm)
        line.addWidget(which)
        line.addWidget(self.arm)
        self._where = label("", "muted")
        line.addWidget(self._where, 1)
        line.addWidget(button(_("Else&where …"), self._choose, icon_name="folder"))
        layout.addLayout(line)
        self.which = label("", "muted")
        layout.addWidget(self.which)
        self._busy = BusyLine(_("Progress of the export"))
        self._busy.cancelled.connect(self._exporter.stop)
        layout.addWidget(self._busy)
        self.formats = Formats()
        self.formats.elsewhere.connect(self.go_to)
        layout.addWidget(self.formats)
        self.push = PushPanel()
        self.push.pushed.connect(lambda address: self.notice.emit("ok", _("Pushed."), address))
        self.push.failed.connect(lambda what, action: self.notice.emit("bad", what, action))
        layout.addWidget(self.push)
        self.formats.arranged.connect(self.push.setVisible)
        layout.addStretch(1)
        self.area = scrolled(content, _("Export"))
        self.empty = EmptyState("export", _("There is nothing to export yet."))
        whole = column(self)
        whole.addWidget(self.area)
        whole.addWidget(self.empty)
        self._show_empty(_("Choose a run first."))

    def _show_formats(self, modality: Modality) -> None:
        """What runs of a modality can be exported as."""
        if modality is self._modality:
            return
        self._modality = modality
        self._head.show_words(modality.words(_WORDS))
        self.formats.show_formats(formats_of(modality), modality)
        for card in self.cards.values():
            card.wanted.connect(self.export)
            card.opened.connect(self._open)
            card.precision.activated.connect(lambda _: self.refresh())

    def _show_empty(self, why: str) -> None:
        """Why there is nothing to export; empty when there is."""
        self.empty.say(_("There is nothing to export yet."), why)
        self.empty.setVisible(bool(why))
        self.area.setVisible(not why)

    def export(self, name: str) -> None:
        """Export in a format."""
        run = self._session.run
        if run is None or self._exporter.is_busy or self._why_not(name):
            return
        card = self.cards[name]
        self._problems.pop(name, None)
        precision = card.precision.currentData() if len(card.format.precisions) > 1 else None
        arm = self.arm.currentData() if card.format.needs_classifier else None
        self._exporter.start(Wish(run.path, name, self.folder_of(name), arm, precision))
        self._on_progress(_("Exporting {title} …").format(title=card.format.title), 0, 0)
        self.refresh()

    def _why_not(self, name: str) -> str:
        run = self._session.run
        assert run is not None
        if self._exporter.is_busy:
            return _("Another export is running.")
        if not run.results_file.exists():
            return _("The run is not finished yet.")
        if self.cards[name].format.needs_classifier and not self.arm.count():
            return _("This run has no classifier: there were no labels to learn from.")
        return ""

    def _on_status(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_arms(self) -> None:
        """The classifiers of the run with their accuracies, the recommended one first."""
        run = self._session.run
        assert run is not None
        rows: dict[str, Any] = {}
        self._recommended = recommended_arm(run)
        if run.results_file.exists():
            try:
                results = run.read_json(RESULTS)
                rows = {**results.get("frozen", {}), **results.get("arms", {})}
            except RunError as error:
                self.notice.emit("bad", error.what, error.action)
        there = {arm for arm, _ in classifiers_of(run)}
        names = [name for name in (*ARM_PREFERENCE, *FROZEN_LAYERS) if name in there]
        names.sort(key=lambda name: name != self._recommended)
        items = [(_named(name, rows, self._recommended), name) for name in names]
        places = range(self.arm.count())
        if items == [(self.arm.itemText(at), self.arm.itemData(at)) for at in places]:
            return
        self.arm.clear()
        for text, name in items:
            self.arm.addItem(text, name)

    def _say_which(self) -> None:
        """Say it where another classifier than the recommended one is chosen."""
        run, arm = self._session.run, self.arm.currentData()
        is_other = arm is not None and self._recommended not in (None, arm)
        self.which.setText(which_one(run, arm) if run is not None and is_other else "")
        self.which.setVisible(is_other)

    def _choose(self) -> None:
        start = self._session.settings.runs_folder
        folder = dialogs.choose_folder(self, _("Export into"), start)
        if folder is not None:
            self._folder = folder
            self.refresh()

    def _open(self, name: str) -> None:
        open_outside(self, self.folder_of(name))

    def _on_run_changed(self) -> None:
        self._exporter.shut_down()
        self.push.shut_down()
        self._problems.clear()
        self._folder = None
        self._busy.hide()
        self.arm.clear()
        self._show_formats(modality_of(self._session.run))
        self._on_status()

    def _on_progress(self, words: str, done: int, total: int) -> None:
        self._busy.show_progress(words, done, total)

    def _on_exported(self, wish: Wish, message: dict[str, Any]) -> None:
        folder = Path(str(message.get("folder", wish.out)))
        exported = exported_in(folder)
        words = exported.words if exported is not None else ""
        self.notice.emit("ok", _("Exported to {folder}.").format(folder=folder), words)

    def _on_failed(self, what: str, action: str) -> None:
        wish = self._exporter.wish
        if wish is not None:
            self._problems[wish.format] = f"{what} {action}"
        self.notice.emit("bad", what, action)

    def _on_ended(self) -> None:
        self._busy.hide()
        self.refresh()


def _named(arm: str, rows: dict[str, Any], recommended: str | None) -> str:
    about = [percent(float(rows[arm][metric_of(rows[arm]).key]))] if arm in rows else []
    about += [_("recommended")] if arm == recommended else []
    return f"{arm_title(arm)} ({', '.join(about)})" if about else arm_title(arm)


PAGE = ExportPage
