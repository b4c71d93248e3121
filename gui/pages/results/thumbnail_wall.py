"""Test examples, as they can be shown, each with its true class, the answer, how surely."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from core.readers.answers import Answers
from core.recipe.modality import AUTO, Modality, modality_named
from gui.outcome.background import Background
from gui.widgets.basics import button, column, label, row
from gui.widgets.name_list import NameList
from gui.widgets.text_list import MOST_TEXTS, TextItem, TextList
from gui.widgets.thumbnails import ImageWall
from gui.words.numbers import percent


class AnswerWall(QWidget):
    """Words above a wall; instead of the wall, words that say why there is none.

    Args:
        name: For a screen reader, with the examples' noun in braces.
        is_wide: Whether there is room for a text beside the list of texts.

    Signals:
        looked_at: The path of the chosen example, or None and its text: it shall be tried.
    """

    looked_at = Signal(object, str)

    def __init__(self, name: str, parent: QWidget | None = None, *, is_wide: bool = False) -> None:
        super().__init__(parent)
        self._name = name
        layout = column(self, gap=2)
        self.words = label("")
        self.closer = button(
            _("Loo&k closer"),
            self._look_closer,
            icon_name="search",
            tip=_("Try the chosen one: all probabilities, and which parts decided."),
        )
        line = row(gap=2)
        line.addWidget(self.words, 1)
        line.addWidget(self.closer, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)
        self._chosen: tuple[Answers, NDArray[np.int64]] | None = None
        self.problem = label("", "warn")
        self.problem.hide()
        layout.addWidget(self.problem)
        self.wall = ImageWall(lines=7, caption_lines=3)
        layout.addWidget(self.wall, 1)
        self.list = TextList(_("Texts"), beside=is_wide)
        layout.addWidget(self.list, 1)
        self.names = NameList(_("Examples"))
        layout.addWidget(self.names, 1)
        self._views: tuple[QWidget, ...] = (self.wall, self.list, self.names)
        self._background = Background(self)
        self._below = column()
        self._below.addStretch(1)
        layout.addLayout(self._below)
        self.show_modality(modality_named(AUTO))
        self._show_view(None)

    def show_modality(self, modality: Modality) -> None:
        """Show other examples, as they can be shown, from now on."""
        self._modality = modality
        for view in (self.wall, self.list.view, self.names):
            view.setAccessibleName(modality.words(self._name))

    def show_examples(self, answers: Answers, chosen: NDArray[np.int64], words: str) -> None:
        """Show these examples, in this order."""
        self.words.setText(words)
        self._chosen = (answers, chosen)
        match self._modality.shown_as:
            case "picture":
                view: QWidget = self.wall
                self.wall.set_images(
                    len(chosen),
                    lambda row: answers.path(int(chosen[row])),
                    lambda row: caption(answers, int(chosen[row])),
                )
            case "text":
                view = self.list
                self._show_texts(answers, chosen[:MOST_TEXTS])
            case "name":
                view = self.names
                self.names.names.show_names(
                    len(chosen),
                    lambda row: answers.name(int(chosen[row])),
                    lambda row: caption(answers, int(chosen[row])),
                )
            case never:
                assert_never(never)
        self._show_view(view if len(chosen) else None)

    def show_words(self, words: str) -> None:
        """Show no examples, but say why."""
        self.words.setText(words)
        self._background.forget()
        self._show_view(None)
        self.wall.images.set_images(0, self.wall.images.path, str)

    def show_problem(self, words: str) -> None:
        """Say what is wrong with the examples; nothing for ''."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def shut_down(self) -> None:
        """Read no more examples."""
        self.wall.shut_down()
        self._background.shut_down()

    def _show_view(self, shown: QWidget | None) -> None:
        for view in self._views:
            view.setVisible(view is shown)
        self.closer.setVisible(shown in (self.wall, self.list))

    def _look_closer(self) -> None:
        """Of nothing chosen, the first one."""
        if self._chosen is None:
            return
        answers, chosen = self._chosen
        if self._modality.shown_as == "picture":
            at = max(0, self.wall.currentIndex().row())
            self.looked_at.emit(answers.path(int(chosen[at])), "")
        elif self.list.texts.rowCount():
            at = max(0, self.list.view.currentIndex().row())
            self.looked_at.emit(None, self.list.texts.item(at).text)

    def _show_texts(self, answers: Answers, chosen: NDArray[np.int64]) -> None:
        self._background.do(
            "texts",
            lambda: answers.texts(chosen),
            lambda texts: self.list.show_items(
                [
                    TextItem(
                        caption(answers, int(index)).replace("\n", "  "),
                        text or _("This text is no longer in its file."),
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
