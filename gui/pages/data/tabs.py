"""Everything that a scan found, by what one may want to know of it."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.data.data_map import DataMap
from gui.pages.data.decisions import Decisions
from gui.pages.data.examples import ExamplesTab
from gui.pages.data.health import HealthReport
from gui.pages.data.pairs import PairsTab
from gui.pages.data.reading import ReadingTab
from gui.pages.data.suspects import SuspectsTab
from gui.pages.data.to_label import ToLabelTab
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import scrolled
from gui.widgets.tabs import Tabs

_READING, _EXAMPLES, _HEALTH, _PAIRS, _SUSPECTS, _TO_LABEL, _MAP = range(7)


class FoundTabs(Tabs):
    """Pictures come first, unless how the data were read has to be seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading = ReadingTab(session)
        self.examples = ExamplesTab(session)
        self.health = HealthReport()
        self.pairs = PairsTab(session)
        self.suspects = SuspectsTab(session)
        self.to_label = ToLabelTab(session)
        self.map = DataMap(session)
        self.decisions = Decisions(session)
        self.setAccessibleName(_("What was found"))
        for part, name in (
            (scrolled(self.reading, _("Reading")), _("&Reading")),
            (self.examples, _("E&xamples")),
            (self.health, _("Heal&th")),
            (self.pairs, _("Pa&irs")),
            (self.suspects, _("&Suspected labels")),
            (self.to_label, _("What to la&bel")),
            (self.map, _("Ma&p")),
            (scrolled(self.decisions, _("Decisions")), _("&Decisions")),
        ):
            self.addTab(part, name)
        self.setMinimumHeight(theme().line_height * 14)
        self.hide()
        self._is_first = True
        self.map.wanted.connect(self._show_examples)
        self.examples.to_map.connect(self._show_on_map)
        session.readings.seen.connect(self._show_numbers)
        session.begun.connect(self._on_begun)

    def show_findings(self, findings: Findings) -> None:
        """Show another scan."""
        parts = (self.reading, self.examples, self.health, self.pairs, self.suspects)
        for part in (*parts, self.to_label, self.map, self.decisions):
            part.show_findings(findings)
        # Both go by one class per example.
        has_classes = "label-work" not in findings.task.lacks
        self.setTabVisible(_PAIRS, bool(self.pairs.num_pairs))
        self.setTabVisible(_SUSPECTS, has_classes and len(findings.summary["classes"]) > 1)
        self.setTabVisible(_TO_LABEL, has_classes and bool(findings.summary["num_unlabeled"]))
        if self._is_first:
            is_seen = findings.modality.shown_as == "picture" and not self.reading.num_unseen
            self.setCurrentIndex(_EXAMPLES if is_seen else _READING)
            self._is_first = False
        self._show_numbers()

    def shut_down(self) -> None:
        """Read no more pictures."""
        self.examples.shut_down()
        self.pairs.shut_down()
        self.suspects.shut_down()
        self.to_label.shut_down()
        self.map.shut_down()

    def show_reading(self) -> None:
        """Bring the reading to the front."""
        self.setCurrentIndex(_READING)

    def _show_examples(self, files: list[Path]) -> None:
        self.examples.show_drawn(files)
        self.setCurrentIndex(_EXAMPLES)

    def _show_on_map(self, files: list[Path]) -> None:
        self.setCurrentIndex(_MAP)
        self.map.select_files(files)

    def _on_begun(self) -> None:
        self._is_first = True
        self.show_reading()

    def _show_numbers(self) -> None:
        for index, name, number in (
            (_READING, _("&Reading"), self.reading.num_unseen),
            (_HEALTH, _("Heal&th"), self.health.num_problems),
            (_PAIRS, _("Pa&irs"), self.pairs.num_pairs),
        ):
            self.setTabText(index, f"{name} ({number:,})" if number else name)
