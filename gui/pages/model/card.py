"""One model to choose, with its download."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QProgressBar, QVBoxLayout, QWidget

from core.language import _
from core.planning.fit import Fit
from core.recipe import Recipe
from gui.pages.model.download import Download, DownloadState
from gui.pages.model.facts import ModelFacts, fit_words, time_words
from gui.pages.model.pictogram import Pictogram
from gui.theme import theme
from gui.widgets.basics import button, column, label, row, set_role
from gui.widgets.choice import Choice, in_card, let_through
from gui.widgets.elided import Elided
from gui.widgets.plain import plain
from gui.widgets.sign import Sign
from gui.words.numbers import bytes_in_words

_TIP = _("An estimate from sizes; the Plan page measures a real step.")


class ModelCard(Choice):
    """Signals: `chosen` with the name; `downloaded` with the name."""

    chosen = Signal(str)
    downloaded = Signal(str)

    def __init__(self, facts: ModelFacts, parent: QWidget | None = None) -> None:
        super().__init__(facts.title, parent)
        self.facts = facts
        self.is_on_disk = facts.is_bundled
        self.setCheckable(True)
        self.mark = Sign()
        self.why = in_card(label("", "heading"))
        self.time = in_card(label("", "muted"))
        self.time_sign = Sign("clock", "muted")
        self.cost = in_card(label(facts.profile.cost if facts.profile else "", "muted"))
        self.fit_sign = Sign()
        self.fit = in_card(label("", "muted"))
        self.bar = QProgressBar()
        self.state = in_card(label("", "muted"))
        self.get = button("", self._use_get, icon_name="download")
        self.pause = button(_("Pause"), self._pause, icon_name="pause")
        self.cancel = button(_("Cancel"), self._cancel)
        self.download = Download(facts.name, facts.modality, self)
        self.download.changed.connect(self._show_download)
        self._build()
        # A click on the chosen card must not leave nothing chosen.
        self.clicked.connect(self._on_clicked)
        self.show_why("")
        self.show_time(None)
        self._show_download()

    def show_chosen(self, is_chosen: bool) -> None:
        """Mark it, or not."""
        self.setChecked(is_chosen)
        self.mark.show_icon("tick" if is_chosen else "", "accent")

    def show_on_disk(self, is_on_disk: bool) -> None:
        """Whether it needs no download."""
        self.is_on_disk = is_on_disk
        self._show_download()

    def show_why(self, words: str) -> None:
        """Say which question it is the answer to, with what it may cost; or nothing."""
        self.why.setText(words)
        self.why.setVisible(bool(words))
        self.cost.setVisible(bool(words and self.cost.text()))
        self._describe()

    def show_time(
        self, seconds: float | None, recipe: Recipe | None = None, why_none: str = ""
    ) -> None:
        """How long the plan takes with it, at which input size if not its own.

        Args:
            seconds: None where that is not known.
            recipe: The plan with it.
            why_none: Why it is not known.
        """
        size = recipe.model.image_size if recipe is not None else None
        words = time_words(seconds, size, why_none)
        self.time_sign.show_icon("clock" if seconds is not None or why_none else "image", "muted")
        self.time.setText(words)
        for part in (self.time, self.time_sign):
            part.setVisible(bool(words))
        self._describe()

    def show_fit(self, fit: Fit) -> None:
        """Whether it fits this machine."""
        words, role, icon_name = fit_words(fit)
        self.fit_sign.show_icon(icon_name, role)
        self.fit.setText(words)
        set_role(self.fit, role)
        self._describe()

    def _head(self) -> QLayout:
        facts = self.facts
        head = row(gap=2)
        head.addWidget(Pictogram(facts.profile.picture if facts.profile else "unknown"))
        names = column(gap=0)
        names.addStretch(1)
        names.addWidget(Elided(facts.title, "title"))
        if facts.title.casefold() != facts.name.casefold():
            names.addWidget(Elided(facts.name, "muted"))
        names.addWidget(Elided(facts.numbers(), "muted"))
        names.addStretch(1)
        head.addLayout(names, 1)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _build(self) -> None:
        facts = self.facts
        inside: QVBoxLayout = column(self, margin=2, gap=1)
        profile = facts.profile
        inside.addWidget(self.why)
        inside.addLayout(self._head())
        what = (
            _("It learned from {learned}.").format(learned=profile.learned)
            if profile
            else f"{facts.what}; {facts.origin}."
        )
        inside.addWidget(in_card(label(what)))
        inside.addWidget(self.cost)
        for sign, words in ((self.time_sign, self.time), (self.fit_sign, self.fit)):
            line = row(gap=1)
            line.addWidget(sign)
            line.addWidget(words, 1)
            inside.addLayout(line)
        licence = _("Licence: {licence}").format(licence=facts.licence)
        inside.addWidget(in_card(label(licence, "muted")))
        inside.addWidget(self.bar)
        inside.addWidget(self.state)
        buttons = row(gap=1)
        for made in (self.get, self.pause, self.cancel):
            buttons.addWidget(made)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        inside.addStretch(1)
        for part in self.findChildren(QWidget):
            if part not in (self.get, self.pause, self.cancel):
                let_through(part)
        self.setToolTip(
            plain(
                _("{name}\n{origin}\nLicence: {licence}\n{tip}").format(
                    name=facts.name, origin=facts.origin, licence=facts.licence, tip=_TIP
                )
            )
        )
        self.setMinimumWidth(theme().line_height * 17)
        self.bar.setAccessibleName(_("Download of {title}").format(title=facts.title))
        self.pause.setAccessibleName(_("Pause the download of {title}").format(title=facts.title))
        self.cancel.setAccessibleName(_("Cancel the download of {title}").format(title=facts.title))

    def _on_clicked(self) -> None:
        self.setChecked(True)
        self.chosen.emit(self.facts.name)

    def _use_get(self) -> None:
        self.download.start()

    def _pause(self) -> None:
        self.download.pause()

    def _cancel(self) -> None:
        self.download.cancel()

    def _show_download(self) -> None:
        download, state = self.download, self.download.state
        if state is DownloadState.DONE and not self.is_on_disk:
            self.is_on_disk = True
            self.downloaded.emit(self.facts.name)
        is_open = not self.is_on_disk
        at_work = is_open and state is DownloadState.AT_WORK
        is_paused = is_open and state is DownloadState.PAUSED
        has_words = is_open and state not in {DownloadState.IDLE, DownloadState.DONE}
        self.bar.setVisible(at_work or is_paused)
        # In thousandths: a bar counts in 32 bits.
        self.bar.setMaximum(1000 if download.total else 0)
        self.bar.setValue(round(1000 * download.done / download.total) if download.total else 0)
        self.state.setVisible(has_words)
        self.state.setText(download.words() if has_words else "")
        set_role(self.state, "bad" if state is DownloadState.FAILED else "muted")
        self.get.setVisible(is_open and not at_work)
        self.get.setEnabled(not download.is_busy)
        self.get.setText(self._get_words())
        self.get.setAccessibleName(f"{self._get_words()}: {self.facts.title}")
        self.pause.setVisible(at_work)
        self.cancel.setVisible(at_work or is_paused)
        self._describe()

    def _get_words(self) -> str:
        state = self.download.state
        if state is DownloadState.PAUSED:
            return _("Resume")
        if state is DownloadState.FAILED:
            return _("Try again")
        return _("Download {size}").format(size=bytes_in_words(self.facts.num_bytes))

    def _describe(self) -> None:
        where = _("here") if self.is_on_disk else _("to download")
        said = (
            *(self.why.text(), self.facts.what, self.facts.numbers(), self.time.text()),
            *(self.fit.text(), where, self.state.text()),
        )
        self.setAccessibleDescription(". ".join(part for part in said if part))
