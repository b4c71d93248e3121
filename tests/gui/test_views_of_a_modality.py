"""A modality of which the window has never heard: its pages speak of it and show its names."""

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.data.labeled_rows import LabeledRows
from core.modalities import data_of
from core.readers.answers import Answers
from core.recipe import DataRecipe
from core.recipe.modality import MORE_MODALITIES, Modality, modality_named
from gui.pages.data.examples import ExamplesTab
from gui.pages.data.words import zone_words
from gui.pages.library.welcome import Welcome
from gui.pages.plan.settings import all_settings
from gui.pages.results.mistakes import Mistakes
from gui.pages.results.try_it import TryIt
from gui.state.findings import Findings
from gui.state.session import Session
from gui.words.modality import any_examples


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Modality:
    """The modality of `tests.signals`, known while a test runs."""
    monkeypatch.setenv(MORE_MODALITIES, "tests.signals")
    return modality_named("signals")


def test_that_a_draft_of_it_has_no_settings_of_others(signals: Modality, session: Session) -> None:
    session.begin(modality=signals)
    assert (session.draft.data.kind, session.draft.model.name) == ("signals", "tiny-signals")
    settings = {setting.name: setting for setting in all_settings(session.modality)}
    assert not {"model.max_length", "model.image_size", "pretrain.flips"} & set(settings)
    assert settings["pretrain.batch_size"].help.startswith("Signals per step")
    assert settings["pretrain.mask_ratio"].help.startswith("Share of windows")


def test_that_it_can_be_begun_with_and_is_asked_for(signals: Modality, qtbot: QtBot) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    with qtbot.waitSignal(welcome.begun) as begun:
        welcome.choices["signals"].click()
    assert begun.args == [signals]
    assert any_examples() == "images, texts or signals"
    assert [zone.title for zone in zone_words(signals)] == ["Unlabeled signals", "Labeled signals"]


def test_that_the_data_page_lists_names(signals: Modality, session: Session, qtbot: QtBot) -> None:
    names = [b"up/a.npy", b"down/b.npy", b"c.npy"]
    classes = [{"name": name, "train": 1, "val": 0, "test": 0} for name in ("up", "down")]
    findings = Findings(
        {"kind": signals.name, "classes": classes, "num_unlabeled": 1, "roots": ["/data"]},
        names=np.frombuffer(b"".join(names), dtype=np.uint8),
        ends=np.cumsum([len(name) for name in names]),
        root=np.zeros(3, np.int16),
        label=np.array([0, 1, -1], np.int32),
        split=np.array([1, 1, 0], np.int8),
        tags=np.array([0, 1], np.int32),
        tag_ends=np.array([1, 2, 2], np.int64),
    )
    tab = ExamplesTab(session)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_findings(findings)
    # Mixed, as pictures are.
    every = ["a.npy: up, train", "b.npy: down, train", "c.npy: unlabeled"]
    assert sorted(shown(tab.names.names)) == every
    assert tab.names.isVisible()
    assert tab.filters.count.text() == "3 signals"
    for choice, left in (("down", ["b.npy: down, train"]), ("Unlabeled", ["c.npy: unlabeled"])):
        tab.filters.which.setCurrentText(choice)
        tab.filters.which.activated.emit(0)
        assert shown(tab.names.names) == left


def test_that_mistakes_are_listed_by_name(signals: Modality, qtbot: QtBot) -> None:
    names = [b"0.npy", b"1.npy", b"2.npy"]
    tested = LabeledRows(
        roots=("/data",),
        classes=("up", "down"),
        names=b"".join(names),
        ends=np.cumsum([len(name) for name in names]),
        root=np.zeros(3, np.int64),
        label=np.array([0, 1, 0]),
    )
    answers = Answers(
        images=tested,
        whole=tested,
        targets=np.array([0, 1, 0]),
        predicted=np.array([0, 0, 1]),
        confidence=np.array([0.9, 0.6, 0.8], np.float32),
        truth=np.array([0.9, 0.4, 0.2], np.float32),
        probabilities=np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], np.float32),
        temperature=None,
        reader=data_of(signals),
        data=DataRecipe(kind=signals.name),
    )
    page = Mistakes()
    qtbot.addWidget(page)
    page.show()
    page.show_modality(signals)
    page.show_answers(answers)
    assert shown(page.examples.names.names) == [
        "2.npy: up  → down  80 %",
        "1.npy: down  → up  60 %",
    ]
    assert page.examples.words.text().startswith("2 mistakes of 3 test signals")
    views = (page.examples.wall, page.examples.list, page.examples.names)
    assert visible(*views) == [False, False, True]
    page.shut_down()


def test_that_trying_takes_files_and_shows_no_picture(signals: Modality, qtbot: QtBot) -> None:
    page = TryIt()
    qtbot.addWidget(page)
    page.show()
    page.show_modality(signals)
    parts = (page.zone, page.text_zone, page.picture, page.text)
    assert visible(*parts) == [True, False, False, False]
    assert page.zone.accessibleName() == "Drop signals here"
    assert page.words.text() == "Drop a signal to see what the classifier says of it."
    page.shut_down()


def shown(model: QAbstractItemModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def visible(*parts: QWidget) -> list[bool]:
    return [part.isVisible() for part in parts]
