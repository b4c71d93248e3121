"""The tab where any example can be classified."""

from pathlib import Path
from typing import Any, assert_never

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QListWidget, QPlainTextEdit, QProgressBar, QWidget

from core.language import _
from core.recipe.modality import AUTO, Modality, modality_named
from gui.outcome.background import Background
from gui.outcome.table import TextTable
from gui.pages.results.attempt import COLUMNS, Attempt, rows_of
from gui.pages.results.deciding_picture import DecidingPicture
from gui.pages.results.doubt import Doubt
from gui.pages.results.files_below import files_below
from gui.pages.results.predictor import Predictor
from gui.pages.results.text_zone import TextZone
from gui.pages.results.try_zone import TryZone
from gui.pages.results.why import Why
from gui.theme import theme
from gui.widgets.basics import button, column, label, row
from gui.widgets.notices import announce
from gui.widgets.picture import READ_SIDE
from gui.widgets.split import Split
from gui.widgets.thumbnail_loader import thumbnail
from gui.words.modality import file_filter

_MOST_AT_ONCE = 200
_LOADING = _("Loading the classifier; this takes some seconds the first time …")
# The process keeps half a gigabyte; who comes back soon need not wait for it again.
_KEPT_MS = 120_000


class TryIt(QWidget):
    """Zone, list of what was tried, the example, its classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self._stage = ""
        self._modality = modality_named(AUTO)
        self.tried: list[Attempt] = []
        self._background = Background(self)
        self.predictor = Predictor(self)
        self.predictor.answered.connect(self._on_answered)
        self.predictor.failed.connect(self._on_failed)
        self.predictor.changed.connect(self._show_busy)
        self.zone, self.list, self.picture = TryZone(), QListWidget(), DecidingPicture()
        self.text_zone, self.text = TextZone(), QPlainTextEdit()
        self.classify = button(_("&Classify"), self.text_zone.say, icon_name="search")
        self.table = TextTable(_("Classes of the example"), COLUMNS, stretched=1)
        self.bar, self.words, self.problem = QProgressBar(), label("", "muted"), label("", "warn")
        self.doubt = Doubt()
        self.why = Why(self.predictor, self.picture, self.text)
        self.doubt.changed.connect(self._ask_again)
        self._ending = QTimer(self, interval=_KEPT_MS, singleShot=True)
        self._ending.timeout.connect(self.predictor.stop)
        self._build()

    def show_modality(self, modality: Modality) -> None:
        """Take other examples from now on."""
        self._modality = modality
        takes_text = self._parts()[0] is self.text_zone
        for part in (self.zone, self.text_zone, self.classify):
            part.setVisible(takes_text is (part is not self.zone))
        self.zone.show_modality(modality)
        self.list.setAccessibleName(modality.words(_("{Examples} tried")))
        self.table.setAccessibleName(modality.words(_("Classes of the {example}")))
        self._show_busy()
        self._show_chosen()

    def _parts(self) -> tuple[TryZone | TextZone, QWidget | None]:
        """Where examples are given, and what shows one; None where only its name is known."""
        match self._modality.shown_as:
            case "picture":
                return self.zone, self.picture
            case "text":
                return self.text_zone, self.text
            case "name":
                return self.zone, None
            case never:
                assert_never(never)

    def show_classifier(self, run: Path, stage: str) -> None:
        """Ask another classifier from now on; what was tried is asked again."""
        if run != self._run:
            self.forget()
        elif stage == self._stage:
            return
        self._run, self._stage = run, stage
        self.doubt.show_classifier(run, stage)
        self._ask_again()

    def _ask_again(self) -> None:
        for tried in self.tried:
            self._ask(tried)
        self._show_all()

    def _show_all(self) -> None:
        for index, tried in enumerate(self.tried):
            self.list.item(index).setText(tried.words)
        self._show_busy()
        self._show_chosen()

    def forget(self) -> None:
        """No run is open."""
        self.predictor.stop()
        self._background.forget()
        self._run, self._stage = None, ""
        self.tried.clear()
        self.list.clear()
        self.problem.hide()
        self._show_chosen()

    def on_shown(self) -> None:
        """Get ready: it takes seconds."""
        self._ending.stop()
        if self._run is not None:
            self.predictor.prepare(self._run)
            self._show_busy()

    def on_hidden(self) -> None:
        """Another page is in front."""
        self._ending.start()

    def take(self, paths: list[Path]) -> None:
        """Try files, and those in folders."""
        found = files_below(paths, self._modality, _MOST_AT_ONCE + 1)
        self._try([Attempt(path, []) for path in found[:_MOST_AT_ONCE]])
        if len(found) > _MOST_AT_ONCE:
            words = _("There are more: the first {tried} are tried.")
            self._say(words.format(tried=self._modality.counted(_MOST_AT_ONCE)))
        elif not found:
            self._say(_("There is no file in it."))

    def take_text(self, text: str) -> None:
        """Try a text."""
        self._try([Attempt(None, [], text=text)])

    def _try(self, examples: list[Attempt]) -> None:
        if self._run is None:
            return
        self.problem.hide()
        first = len(self.tried)
        for tried in examples:
            self.tried.append(tried)
            self.list.addItem(tried.words)
            self._ask(tried)
        self.list.setCurrentRow(first)
        self._show_chosen()

    def _ask(self, tried: Attempt) -> None:
        assert self._run is not None
        tried.is_answered, unknown = False, self.doubt.value
        if tried.path is not None:
            self.predictor.ask(self._run, tried.path, self._stage, unknown=unknown)
        else:
            self.predictor.ask_text(self._run, tried.text, self._stage, unknown=unknown)

    def shut_down(self) -> None:
        """End the process."""
        self.predictor.stop()
        self._background.shut_down()

    def _build(self) -> None:
        layout, across = column(self, gap=2), Qt.Orientation.Horizontal
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        layout.addWidget(Split(across, (self._left(), 2), (self._right(), 3)), 1)
        self.show_modality(self._modality)

    def _left(self) -> QWidget:
        side = QWidget()
        layout = self._side = column(side, gap=2)
        layout.addWidget(self.zone)
        layout.addWidget(self.text_zone)
        line = row(gap=1)
        line.addWidget(self.classify)
        line.addWidget(button(_("Bro&wse …"), self._browse, icon_name="folder"))
        line.addWidget(button(_("&Paste"), self._paste, icon_name="copy"))
        line.addStretch(1)
        layout.addLayout(line)
        self.list.setSpacing(theme().space(1) // 2)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self.list, 100)
        layout.addStretch(1)
        self.zone.given.connect(self.take)
        self.text_zone.given.connect(self.take)
        self.text_zone.said.connect(self.take_text)
        self.zone.browsing.connect(self._browse)
        self.zone.refused.connect(self._say)
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        return side

    def _right(self) -> QWidget:
        side = QWidget()
        layout = column(side, gap=2)
        layout.addWidget(self.words)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setProperty("role", "thin")
        self.bar.setAccessibleName(_("The classifier is being loaded"))
        layout.addWidget(self.bar)
        layout.addWidget(self.problem)
        layout.addWidget(self.doubt)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("The text"))
        layout.addWidget(self.picture, 300)
        layout.addWidget(self.text, 100)
        layout.addWidget(self.why)
        layout.addWidget(self.table, 200)
        layout.addStretch(1)
        return side

    def _paste(self) -> None:
        self._parts()[0].paste()

    def _browse(self) -> None:
        title, known = self._modality.words(_("Choose {examples}")), file_filter(self._modality)
        chosen = QFileDialog.getOpenFileNames(self, title, "", known)[0]
        if chosen:
            self.take([Path(path) for path in chosen])

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()
        announce(self, words)

    def _show_busy(self) -> None:
        is_awaited = self.predictor.is_busy or self.isVisible()
        is_loading = self._run is not None and not self.predictor.is_ready and is_awaited
        self.bar.setVisible(is_loading)
        self.words.setText(_LOADING if is_loading else self._invitation())

    def _invitation(self) -> str:
        if self.tried:
            return ""
        return self._modality.words(self._parts()[0].invitation)

    def _show_chosen(self) -> None:
        index = self.list.currentRow()
        tried = self.tried[index] if 0 <= index < len(self.tried) else None
        self.list.setVisible(bool(self.tried))
        self._side.setStretchFactor(self.zone, 0 if self.tried else 100)
        shown = self._parts()[1]
        for view in (self.picture, self.text):
            view.setVisible(tried is not None and view is shown)
        self.table.setVisible(tried is not None)
        self.doubt.show_answer(tried)
        self.why.show_attempt(self._run, self._stage, tried)
        if tried is None:
            self.table.texts.show_rows([])
            return
        rows, columns = rows_of(tried)
        self.table.texts.show_rows(rows if tried.is_answered else [], columns)
        self.table.setVisible(bool(rows) and tried.is_answered)
        if tried.problem:
            words = _("{name} can't be classified: {problem}.")
            self._say(words.format(name=tried.name, problem=tried.problem))
        else:
            self.problem.hide()
        if shown is self.text:
            self.text.setPlainText(tried.text)
        elif shown is self.picture and tried.path is not None:
            self._show_picture(tried.path)

    def _show_picture(self, path: Path) -> None:
        self._background.do(
            "picture",
            lambda: thumbnail(path, READ_SIDE),
            lambda image: self._on_picture(path, image),
            lambda error: self._say(error.what),
        )

    def _on_picture(self, path: Path, image: QImage) -> None:
        self.picture.show_image(image, path.name)
        self.picture.setVisible(not image.isNull())

    def _on_answered(self, message: dict[str, Any]) -> None:
        if (message["stage"], message["unknown"]) != (self._stage, self.doubt.value):
            return
        asked = (str(message["path"]), str(message["text"]))
        for index, tried in enumerate(self.tried):
            if not tried.is_answered and tried.is_asked_by(*asked):
                tried.take(message)
                self.list.item(index).setText(tried.words)
                if index == self.list.currentRow():
                    self._show_chosen()
                    announce(self, tried.words)
                break
        self._show_busy()

    def _on_failed(self, what: str, action: str) -> None:
        for tried in (each for each in self.tried if not each.is_answered):
            tried.problem, tried.is_answered = _("no answer"), True
        self._show_all()
        self._say(f"{what} {action}")
