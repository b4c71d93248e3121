"""What an empty library shows: three ways to begin, and a tour for who wants one."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.basics import button, column, label, row
from gui.widgets.choice import Choice, let_through
from gui.widgets.sign import Sign

_CHOICES = (
    (
        "images",
        "My images",
        "Choose folders of pictures. A pretrained vision model is fitted to them.",
        "image",
    ),
    (
        "text",
        "My text",
        "Choose files or tables of texts. A pretrained language model is fitted to them.",
        "text",
    ),
    (
        "sample",
        "Show me the sample",
        "The whole way with data that is here already: offline, a few minutes.",
        "sample",
    ),
)


class Welcome(QWidget):
    """Three big choices.

    Attributes:
        choices: By their keys: `images`, `text`, `sample`.
        tour: Begins the tour; hidden once that was seen.
        open: Opens a run folder.
    """

    def __init__(
        self, actions: Mapping[str, Callable[[], object]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.choices: dict[str, Choice] = {}
        whole = column(self, gap=4)
        whole.addStretch(1)
        whole.addWidget(_centred("Welcome to Redistill", "display"))
        whole.addWidget(_centred("What would you like to begin with?", "title"))
        line = row(gap=4)
        for key, title, words, icon_name in _CHOICES:
            made = _choice(title, words, icon_name)
            made.clicked.connect(lambda _=False, key=key: actions[key]())
            self.choices[key] = made
            line.addWidget(made, 1)
        whole.addLayout(line)
        whole.addWidget(
            _centred(
                "Everything happens on this machine: no image, no text, no name and no number "
                "leaves it.",
                "muted",
            )
        )
        below = row(gap=2)
        self.tour = button("Take the &tour: one minute", actions["tour"], icon_name="help")
        self.open = button("&Open a run folder …", actions["open"], icon_name="folder")
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
