"""Test images as a wall, texts as a list, each with its true class, the answer, how surely."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from core.readers.answers import Answers
from core.recipe import modality_named
from gui.outcome.background import Background
from gui.widgets.basics import column, label
from gui.widgets.text_list import TextItem, TextList
from gui.widgets.thumbnails import ImageWall
from gui.words.modality import worded
from gui.words.numbers import percent

# Nobody reads more, and each is read from its file.
_MOST_TEXTS = 500


class AnswerWall(QWidget):
    """Words above a wall; instead of the wall, words that say why there is none."""

    def __init__(self, name: str, parent: QWidget | None = None, *, is_wide: bool = False) -> None:
        super().__init__(parent)
        layout = column(self, gap=2)
        self.words = label("")
        layout.addWidget(self.words)
        self.problem = label("", "warn")
        self.problem.hide()
        layout.addWidget(self.problem)
        self.wall = ImageWall(lines=7, caption_lines=3)
        self.wall.setAccessibleName(name)
        layout.addWidget(self.wall, 1)
        self.list = TextList(worded(name, "text"), beside=is_wide)
        self.list.hide()
        layout.addWidget(self.list, 1)
        self._background = Background(self)
        self._below = column()
        self._below.addStretch(1)
        layout.addLayout(self._below)

    def show_images(self, answers: Answers, chosen: NDArray[np.int64], words: str) -> None:
        """Show these images or texts, in this order."""
        self.words.setText(words)
        if modality_named(answers.kind).shown_as == "text":
            self._show_texts(answers, chosen[:_MOST_TEXTS])
            return
        self.list.hide()
        self.wall.setVisible(bool(len(chosen)))
        self.wall.set_images(
            len(chosen),
            lambda row: answers.path(int(chosen[row])),
            lambda row: caption(answers, int(chosen[row])),
        )

    def show_words(self, words: str) -> None:
        """Show no images, but say why."""
        self.words.setText(words)
        self._background.forget()
        self.list.hide()
        self.wall.hide()
        self.wall.images.set_images(0, self.wall.images.path, str)

    def show_problem(self, words: str) -> None:
        """Say what is wrong with the images; nothing for ''."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def shut_down(self) -> None:
        """Read no more images."""
        self.wall.shut_down()
        self._background.shut_down()

    def _show_texts(self, answers: Answers, chosen: NDArray[np.int64]) -> None:
        self.wall.hide()
        self.list.setVisible(bool(len(chosen)))
        self._background.do(
            "texts",
            lambda: answers.texts(chosen),
            lambda texts: self.list.show_items(
                [
                    TextItem(
                        caption(answers, int(index)).replace("\n", "  "),
                        text or "This text is no longer in its file.",
                        answers.name(int(index)),
                    )
                    for index, text in zip(chosen, texts, strict=True)
                ]
            ),
            lambda error: self.show_problem(f"{error.what} {error.action}"),
        )


def caption(answers: Answers, index: int) -> str:
    """Three lines: the true class, `→` what was said, how surely."""
    true, said = (
        answers.classes[int(each[index])] for each in (answers.targets, answers.predicted)
    )
    share = percent(float(answers.confidence[index]), 0)
    return f"{true}\n→ {said}\n{share}"
