"""The tab with the mistakes that the classifier was surest of."""

from PySide6.QtWidgets import QComboBox, QWidget

from core.readers.answers import Answers
from gui.pages.results.thumbnail_wall import AnswerWall
from gui.theme import theme
from gui.widgets.basics import column, label, row
from gui.words.modality import Kind, worded


class Mistakes(QWidget):
    """Two filters and a wall."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: Answers | None = None
        self._kind: Kind = "images"
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        line = row()
        self.true = QComboBox()
        self.true.setAccessibleName("True class of the mistakes")
        self.said = QComboBox()
        self.said.setAccessibleName("What was said")
        for box in (self.true, self.said):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._show())
            line.addWidget(box)
        line.addWidget(
            label(
                "Often it is the label that is wrong, not the answer: these are worth a look.",
                "muted",
            ),
            1,
        )
        layout.addLayout(line)
        self.images = AnswerWall("Most confident mistakes", is_wide=True)
        layout.addWidget(self.images, 1)

    def show_kind(self, kind: Kind) -> None:
        """Speak of images or of texts."""
        self._kind = kind

    def forget(self) -> None:
        """Another classifier is being read."""
        self._answers = None
        self.images.show_words("")

    def show_answers(self, answers: Answers) -> None:
        """Show the mistakes of a classifier."""
        if (
            self._answers is None
            or self._answers.classes != answers.classes
            or not self.true.count()
        ):
            for box, text in ((self.true, "Any true class"), (self.said, "Any answer")):
                kept = box.currentIndex() if box.count() == len(answers.classes) + 1 else 0
                box.clear()
                box.addItems([text, *answers.classes])
                box.setCurrentIndex(kept)
        self._answers = answers
        self._show()

    def filter_by(self, true: int) -> None:
        """Show only mistakes on images of a class."""
        if self.true.count():
            self.true.setCurrentIndex(true + 1)
            self.said.setCurrentIndex(0)
            self._show()

    def shut_down(self) -> None:
        """Read no more images."""
        self.images.shut_down()

    def _show(self) -> None:
        answers = self._answers
        if answers is None:
            return
        true, said = (box.currentIndex() - 1 for box in (self.true, self.said))
        chosen = answers.mistakes(None if true < 0 else true, None if said < 0 else said)
        if not len(chosen):
            none = "There is no mistake: all test images were recognised."
            if true >= 0 or said >= 0:
                none = "There is no such mistake."
            self.images.show_words(worded(none, self._kind))
            return
        total = worded(f"of {len(answers):,} test images", self._kind)
        words = (
            f"{len(chosen):,} mistake{'' if len(chosen) == 1 else 's'} {total}, the surest first. "
        )
        where = "Each with" if self._kind == "text" else "Below each:"
        words += f"{where} its true class, → what was said, and how probable that seemed."
        self.images.show_images(answers, chosen, words)
