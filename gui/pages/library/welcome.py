"""Ways to begin: what an empty library shows, with a tour, and one of few runs below them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.language import _
from core.recipe.modality import modalities
from gui.widgets.basics import button, column, label, row
from gui.widgets.choice import Choice, let_through
from gui.widgets.sign import Sign


class Beginnings(QWidget):
    """Big choices: examples of one's own, of each modality, and the sample.

    Attributes:
        choices: By the name of their modality, and `sample`.

    Signals:
        begun: A run with examples of one's own, with the `Modality`.
        sample_wanted: The sample.
    """

    begun = Signal(object)
    sample_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: dict[str, Choice] = {}
        line = row(self, gap=4)
        for name, modality in modalities().items():
            welcome = modality.words(modality.welcome)
            made = _choice(
                _("My {examples}").format(examples=modality.examples), welcome, modality.icon
            )
            made.clicked.connect(lambda _, modality=modality: self.begun.emit(modality))
            self.choices[name] = made
        sample = _choice(
            _("Show me the sample"),
            _("The whole way with data that is already here: offline, a few minutes."),
            "sample",
        )
        sample.clicked.connect(lambda _: self.sample_wanted.emit())
        self.choices["sample"] = sample
        for made in self.choices.values():
            line.addWidget(made, 1)


class Welcome(QWidget):
    """The choices with words around them.

    Attributes:
        choices: See `Beginnings`.
        tour: Begins the tour; hidden once that was seen.
        open: Opens a run folder.

    Signals:
        begun, sample_wanted: See `Beginnings`.
        tour_wanted, open_wanted: The tour, a run that is there.
    """

    begun = Signal(object)
    sample_wanted = Signal()
    tour_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        whole = column(self, gap=4)
        whole.addStretch(1)
        whole.addWidget(_centred(_("Welcome to Redistill"), "display"))
        whole.addWidget(_centred(_("What would you like to begin with?"), "title"))
        ways = Beginnings()
        ways.begun.connect(self.begun)
        ways.sample_wanted.connect(self.sample_wanted)
        self.choices = ways.choices
        whole.addWidget(ways)
        whole.addWidget(
            _centred(
                _(
                    "Everything happens on this machine: none of your data, no name and no number "
                    "leaves it."
                ),
                "muted",
            )
        )
        below = row(gap=2)
        self.tour = button(_("Take the &tour: one minute"), self.tour_wanted.emit, icon_name="help")
        self.open = button(_("&Open a run folder …"), self.open_wanted.emit, icon_name="folder")
        below.addStretch(1)
        below.addWidget(self.tour)
        below.addWidget(self.open)
        below.addStretch(1)
        whole.addLayout(below)
        whole.addStretch(2)


class FewRuns(QWidget):
    """The cards of all runs, and below a few of them the ways to begin another one.

    Args:
        shelf: The cards.

    Attributes:
        ways: The choices.
    """

    def __init__(self, shelf: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        whole = column(self, gap=4)
        whole.addWidget(shelf)
        self._more = QWidget()
        more = column(self._more, gap=4)
        more.addStretch(1)
        more.addWidget(_centred(_("What would you like to begin next?"), "title"))
        self.ways = Beginnings()
        more.addWidget(self.ways)
        more.addStretch(2)
        whole.addWidget(self._more, 1)
        self._rest = QWidget()
        whole.addWidget(self._rest, 1)

    def show_ways(self, is_shown: bool) -> None:
        """Show them, or leave the room to the cards."""
        self._more.setVisible(is_shown)
        self._rest.setVisible(not is_shown)


def _choice(title: str, words: str, icon_name: str) -> Choice:
    made = Choice(title)
    made.setAccessibleDescription(words)
    inside: QVBoxLayout = column(made, margin=5, gap=2)
    sign = Sign(icon_name, "accent", quarters=10)
    head = label(title, "title")
    text = label(words, "muted")
    for part in (head, text):
        part.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    for part in (sign, head, text):
        let_through(part)
    inside.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
    inside.addWidget(head)
    inside.addWidget(text)
    inside.addStretch(1)
    return made


def _centred(text: str, role: str) -> QWidget:
    made = label(text, role)
    made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return made
