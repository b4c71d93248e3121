"""What was filled in at the start stands beside what is filled in now, of the same examples."""

import numpy as np
from PySide6.QtGui import QImage

from core.images.previews import _as_png, contact_sheet
from gui.pages.train.before_after import start_and_now
from gui.pages.train.guesses import Guesses


def sheet(filled: int, original: int = 10, columns: str = "original|masked|filled in") -> QImage:
    cells = (np.full((2, 64, 64, 3), shade, np.uint8) for shade in (original, 128, filled))
    return QImage.fromData(_as_png(contact_sheet(*cells), columns))


def test_that_the_start_stands_between_the_mask_and_now(qapp: object) -> None:
    both = start_and_now(sheet(50), sheet(200))
    assert both.text("columns") == "original|masked|at the start|now"
    shades = [both.pixelColor(column * 66 + 20, 100).red() for column in range(4)]
    assert shades == [10, 128, 50, 200]
    # Gaps between cells stay white.
    assert both.pixelColor(3 * 66 - 1, 10).red() == 255


def test_that_other_examples_and_views_are_not_put_beside_each_other(qapp: object) -> None:
    latest = sheet(200)
    assert start_and_now(sheet(50, original=11), latest) == latest
    views = sheet(200, columns="original|a view|another view")
    assert start_and_now(views, views) == views


def test_that_words_guessed_are_counted_against_the_start() -> None:
    def guessed(*right: bool) -> Guesses:
        hidden = [{"was": "cell", "guesses": [["cell" if each else "dog", 0.9]]} for each in right]
        return Guesses(({"text": "", "tokens": [], "hidden": hidden},))

    assert guessed(True, True, False).beside(guessed(True, False, False)).score == (
        "2 of 3 hidden words guessed, 1 at the start"
    )
    assert guessed(True).beside(guessed(True, False)).score == "1 of 1 hidden words guessed"
