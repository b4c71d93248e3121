"""For whom it is comes first: one format is shown, the others on demand, the folder to drag out."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.export.formats import ExportFormat
from core.modalities import formats_of
from core.recipe import Recipe
from core.recipe.modality import AUTO, modalities, modality_named
from core.run.folder import RunFolder
from gui.pages.export.drag import DragHandle, files_of
from gui.pages.export.formats import Formats
from gui.pages.export.page import ExportPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher


@pytest.fixture
def formats(qtbot: QtBot) -> Formats:
    made = Formats()
    qtbot.addWidget(made)
    modality = modality_named(AUTO)
    made.show_formats(formats_of(modality), modality)
    made.resize(1000, 800)
    made.show()
    return made


def shown(formats: Formats) -> list[str]:
    return [name for name, card in formats.cards.items() if card.isVisible()]


def test_that_each_answer_leads_to_its_format(formats: Formats, qtbot: QtBot) -> None:
    assert shown(formats) == ["onnx"]
    for at, name in ((1, "transformers"), (3, "encoder"), (0, "onnx")):
        formats.whom.cards[at].click()
        assert shown(formats) == [name]
        assert formats.cards[name].export.property("role") == "primary"
    with qtbot.waitSignal(formats.arranged, check_params_cb=lambda is_pushed: is_pushed):
        formats.whom.cards[2].click()
    with qtbot.waitSignal(formats.elsewhere) as signal:
        formats.whom.cards[4].click()
    assert signal.args == ["results/use"]
    # Nothing else was chosen by that.
    assert formats.whom.cards[2].isChecked()
    formats.others.click()
    assert set(shown(formats)) == set(formats.cards)


@pytest.mark.parametrize("kind", sorted(modalities()))
def test_that_every_modality_has_an_answer(kind: str, qtbot: QtBot) -> None:
    made = Formats()
    qtbot.addWidget(made)
    made.show_formats(formats_of(modality_named(kind)), modality_named(kind))
    assert len(made.whom.cards) == 5
    assert made.whom.format


def test_that_a_modality_with_other_formats_shows_them_all(qtbot: QtBot) -> None:
    made = Formats()
    qtbot.addWidget(made)
    own = ExportFormat(name="own", title="Own", what="x", opens="y", needs_classifier=False)
    made.show_formats([own], modality_named(AUTO))
    made.show()
    assert shown(made) == ["own"]


def test_that_a_folder_can_be_dragged_out(qtbot: QtBot, tmp_path: Path) -> None:
    assert files_of(tmp_path).urls() == [QUrl.fromLocalFile(str(tmp_path))]
    handle = DragHandle()
    qtbot.addWidget(handle)
    handle.folder = tmp_path
    handle.click()
    assert QApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(tmp_path))]


def test_that_an_unfinished_run_has_no_dead_buttons(
    session: Session, watcher: RunWatcher, qtbot: QtBot, tmp_path: Path
) -> None:
    page = ExportPage(session, watcher)
    qtbot.addWidget(page)
    page.show()
    assert page.empty.isVisible()
    RunFolder.create(tmp_path / "run", Recipe.model_validate({"data": {"unlabeled": ["/x"]}}))
    session.open_run(tmp_path / "run")
    page.on_shown()
    assert page.empty.isVisible()
    assert not page.area.isVisible()
    assert page.primary().text == "&Back to the run"
    with qtbot.waitSignal(page.go_to) as signal:
        page.on_primary()
    assert signal.args == ["train"]


def test_that_another_model_than_the_recommended_one_says_so(
    session: Session, watcher: RunWatcher, qtbot: QtBot, text_run: RunFolder
) -> None:
    page = ExportPage(session, watcher)
    qtbot.addWidget(page)
    page.show()
    session.open_run(text_run.path)
    page.on_shown()
    assert page.arm.count() > 1
    assert "recommended" in page.arm.itemText(0)
    assert page.which.isHidden()
    page.arm.setCurrentIndex(1)
    page.refresh()
    assert page.which.isVisible()
    assert "; the run recommends" in page.which.text()
    page.arm.setCurrentIndex(0)
    page.refresh()
    assert page.which.isHidden()
