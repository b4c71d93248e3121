"""What an empty library shows: ways to begin, and a tour for who wants one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.language import _
from core.recipe.modality import modalities
from gui.widgets.basics import button, column, label, row
from gui.widgets.choice import Choice, let_through
from gui.widgets.sign import Sign


class Welcome(QWidget):
    """Big choices: examples of one's own, of each modality, and the sample.

    Attributes:
        choices: By the name of their modality, and `sample`.
        tour: Begins the tour; hidden once that was seen.
        open: Opens a run folder.

    Signals:
        begun: A run with examples of one's own, with the `Modality`.
        sample_wanted, tour_wanted, open_wanted: The sample, the tour, a run that is there.
    """

    begun = Signal(object)
    sample_wanted = Signal()
    tour_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: dict[str, Choice] = {}
        whole = column(self, gap=4)
        whole.addStretch(1)
        whole.addWidget(_centred(_("Welcome to Redistill"), "display"))
        whole.addWidget(_centred(_("What would you like to begin with?"), "title"))
        line = row(gap=4)
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
        whole.addLayout(line)
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
