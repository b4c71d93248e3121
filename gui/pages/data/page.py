"""The data page: drop folders, see at once what they are, decide what is unclear."""

from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from core.errors import RunError
from core.language import _
from core.language.again import again
from core.recipe.modality import AUTO, Modality, modality_named
from gui.pages.data.found_words import FoundWords
from gui.pages.data.replaced import ReplacedLine
from gui.pages.data.scanner import Scanner
from gui.pages.data.tabs import FoundTabs
from gui.pages.data.words import ALL_TEST, INVITATION, TABLES, one_modality
from gui.pages.data.zones import Zones
from gui.pages.page import Page, Primary, Step
from gui.state.findings import Findings
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs
from gui.widgets.basics import column, scrolled
from gui.widgets.busy_line import BusyLine
from gui.widgets.drop_zone import local_paths
from gui.widgets.page_head import PageHead
from gui.words.modality import any_examples

# Of the room that is left over, in parts: the rest has one.
_MOST = 6


class DataPage(Page):
    """Chooses the draft's data and scans it."""

    key = "data"

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, watcher, parent)
        self._scanner = Scanner(self)
        self._words: dict[Path, str] = {}
        self._found: dict[str, Modality] = {}
        self._wanted: dict[str, bool] = {}
        self._needs_scan = False
        self._problem = ""
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._show_draft()

    def step(self) -> Step:
        """Done when the examples are known; attention where the report has something."""
        if self._scanner.is_busy:
            return Step.BUSY
        findings = self._session.findings
        if findings is None:
            # An open run has its data, scanned again or not.
            known = Step.DONE if self._session.draft_is_run else Step.OPEN
            return Step.ATTENTION if self._problem else known
        wants_a_look = findings.summary["num_leaks"] or self._session.readings.unseen(findings)
        return Step.ATTENTION if wants_a_look else Step.DONE

    def primary(self) -> Primary:
        """Next, as soon as there is something to train on."""
        findings, words = self._session.findings, self._session.modality.words
        if self._scanner.is_busy:
            hint = words(_("The {examples} are being checked."))
            return Primary(_("&Next: model"), is_enabled=False, hint=hint)
        if findings is None:
            return Primary(_("&Next: model"), is_enabled=False, hint=_("Add a folder first."))
        if not findings.summary["num_pretraining"]:
            return Primary(_("&Next: model"), is_enabled=False, hint=words(ALL_TEST))
        count = findings.modality.counted(findings.summary["num_pretraining"])
        return Primary(_("&Next: model"), hint=_("{count} for pre-training.").format(count=count))

    def on_primary(self) -> None:
        """Go on."""
        self.go_to.emit("model")

    def on_shown(self) -> None:
        """Scan what was chosen elsewhere (an opened run, a loaded recipe)."""
        if self._needs_scan:
            self._scan()
        if self._session.readings.unseen(self._session.findings):
            self.tabs.show_reading()

    def shut_down(self) -> None:
        """End the scan."""
        self._scanner.shut_down()
        self.tabs.shut_down()

    def add(self, paths: list[Path], labeled: bool | None = None) -> None:
        """Take dropped paths; `labeled` says what they are, None finds out."""
        self._wanted.update({path.name: labeled for path in paths if labeled is not None})
        self._scanner.recognise(paths)
        self._busy.show_progress(_("Checking what was dropped"), 0, 0)
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The whole page takes folders, and says so."""
        if local_paths(event.mimeData()):
            self.zones.light("true")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Back to rest."""
        self.zones.light("")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Find out what it is."""
        self.zones.light("")
        event.acceptProposedAction()
        self.add(local_paths(event.mimeData()))

    def _build(self) -> None:
        content = QWidget()
        self._layout = layout = column(content, margin=4, gap=3)
        self._head = PageHead()
        layout.addWidget(self._head)
        self.zones = Zones()
        self.unlabeled, self.labeled = self.zones.unlabeled, self.zones.labeled
        layout.addWidget(self.zones)
        self.replaced = ReplacedLine(self._session)
        layout.addWidget(self.replaced)
        self._busy = BusyLine(_("Progress of the scan"))
        self._busy.cancelled.connect(self._scanner.stop)
        layout.addWidget(self._busy)
        self.found = FoundWords(self._session)
        self._summary = self.found.summary
        layout.addWidget(self.found)
        self.tabs = FoundTabs(self._session)
        self.examples, self.health = self.tabs.examples, self.tabs.health
        self.decisions, self.reading = self.tabs.decisions, self.tabs.reading
        self.tabs.map.notice.connect(self.notice)
        layout.addWidget(self.tabs, _MOST)
        self._below = QWidget()
        layout.addWidget(self._below, 1)
        column(self).addWidget(scrolled(content, _("Data")))

    def _connect(self) -> None:
        for zone, is_labeled in ((self.unlabeled, False), (self.labeled, True)):
            zone.dropped.connect(lambda paths, is_labeled=is_labeled: self.add(paths, is_labeled))
            zone.browsing.connect(lambda is_labeled=is_labeled: self._browse(is_labeled))
            zone.removed.connect(lambda path, is_labeled=is_labeled: self._remove(path, is_labeled))
            zone.refused.connect(lambda words: self.notice.emit("warn", words, ""))
        self.zones.folder_wanted.connect(self._browse)
        self.zones.file_wanted.connect(self._browse_file)
        self._scanner.recognised.connect(self._on_recognised)
        self._scanner.progressed.connect(self._busy.show_progress)
        self._scanner.found.connect(self._on_found)
        self._scanner.failed.connect(self._on_failed)
        self._scanner.ended.connect(self._on_ended)
        self._session.data_changed.connect(self._on_data_changed)
        self._session.draft_changed.connect(self._show_draft)
        self._session.findings_changed.connect(self._show_findings)
        self._session.readings.seen.connect(self.changed)

    def _browse(self, is_labeled: bool) -> None:
        start = self._session.settings.data_folder
        title = self.zones.asked[is_labeled][0]
        self._take(dialogs.choose_folder(self, title, start), is_labeled)

    def _browse_file(self, is_labeled: bool) -> None:
        start = self._session.settings.data_folder
        title = self.zones.asked[is_labeled][1]
        self._take(dialogs.choose_file(self, title, TABLES, start), is_labeled)

    def _take(self, chosen: Path | None, is_labeled: bool) -> None:
        if chosen is not None:
            # The next one is likely beside it.
            self._session.settings.data_folder = chosen.parent
            self.add([chosen], is_labeled)

    def _remove(self, path: Path, is_labeled: bool) -> None:
        data = self._session.draft.data
        if is_labeled:
            gone = {"labeled": None, "corrections": None}
            self._session.change(_("Remove {name}").format(name=path.name), data=gone)
            return
        kept = [known for known in data.unlabeled if Path(known) != path]
        self._session.change(_("Remove {name}").format(name=path.name), data={"unlabeled": kept})

    def _on_recognised(self, found: list[dict[str, Any]]) -> None:
        data = self._session.draft.data
        unlabeled, labeled = list(data.unlabeled), data.labeled
        for one in found:
            path = one["path"]
            if "what" in one:
                self.notice.emit("bad", again(one["what"]), again(one["action"]))
                continue
            asked = self._wanted.get(Path(path).name)
            self._words[Path(path)] = again(one["words"])
            self._found[path] = modality_named(one["kind"])
            if one["labeled"] if asked is None else asked:
                labeled = path
            elif path not in unlabeled:
                unlabeled.append(path)
        self._wanted.clear()
        if labeled != data.labeled or unlabeled != list(data.unlabeled):
            names = ", ".join(Path(one["path"]).name for one in found)
            try:
                paths = [*unlabeled, *([labeled] if labeled else [])]
                known = {path: self._found.get(path, self._session.modality) for path in paths}
                modality = one_modality(known)
            except RunError as error:
                self.notice.emit("bad", error.what, error.action)
                return
            # What was decided of labels goes with them.
            taken: dict[str, Any] = {
                "corrections": data.corrections if labeled == data.labeled else None
            }
            taken |= {"unlabeled": unlabeled, "labeled": labeled}
            self._session.take_data(_("Add {names}").format(names=names), modality, **taken)
            if data.labeled and labeled and labeled != data.labeled:
                self.replaced.say(Path(data.labeled).name, Path(labeled).name)

    def _on_data_changed(self) -> None:
        self._problem = ""
        self._session.findings = None
        self._needs_scan = True
        # A run that was only opened is not scanned until somebody looks at its data.
        if self.isVisible() or self._session.run is None:
            self._scan()

    def _scan(self) -> None:
        self._needs_scan = False
        data = self._session.draft.data
        if data.unlabeled or data.labeled:
            self._scanner.scan(self._session.draft)
            words = self._session.modality.words(_("Looking for {examples}"))
            self._busy.show_progress(words, 0, 0)
        self.changed.emit()

    def _on_found(self, findings: Findings) -> None:
        self._session.findings = findings
        self._busy.hide()
        self.changed.emit()

    def _on_failed(self, what: str, action: str) -> None:
        self._problem = what
        self.found.show_problem(what, action)
        self.notice.emit("bad", what, action)

    def _on_ended(self) -> None:
        if not self._scanner.is_busy:
            self._busy.hide()
        self._needs_scan = self._session.findings is None and not self._scanner.is_busy
        self.changed.emit()

    def _show_draft(self) -> None:
        data = self._session.draft.data
        labeled = [Path(data.labeled)] if data.labeled else []
        self.zones.show_paths([Path(path) for path in data.unlabeled], labeled, self._words)
        is_empty = not data.unlabeled and data.labeled is None
        modality = None if is_empty and data.kind == AUTO else self._session.modality
        self.zones.show_words(modality)
        # An empty page is one large place to drop something on; then the pictures have the room.
        self._layout.setStretchFactor(self.zones, _MOST if is_empty else 0)
        examples = modality.examples if modality is not None else any_examples()
        self._head.show_title(_("Which {examples}?").format(examples=examples))
        self._head.show_words(INVITATION if is_empty else "")
        if is_empty:
            self.found.clear()

    def _show_findings(self) -> None:
        findings = self._session.findings
        self.tabs.setVisible(findings is not None)
        self._below.setVisible(findings is None)
        if findings is None:
            if not self._problem:
                self.found.clear()
            return
        self.found.show_findings(findings)
        self.tabs.show_findings(findings)


PAGE = DataPage
