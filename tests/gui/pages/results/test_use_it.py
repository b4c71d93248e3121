"""Use it: a folder is classified by a real process, paused, continued, written."""

import csv
import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.readers.answers import classifier_stage
from core.recipe.modality import modality_named
from core.run.folder import RunFolder
from gui.frame.window import MainWindow
from gui.pages.results import use_it as module
from gui.pages.results.prediction_row import UNREADABLE, Column
from gui.pages.results.use_it import UseIt
from tests.helpers.text_runs import written_text_run
from tests.helpers.worlds import World

pytestmark = pytest.mark.usefixtures("warm")

_LONG_MS = 90_000


@pytest.fixture
def use_it(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    made = UseIt()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    made.shut_down()


@pytest.fixture
def folder(image_world: World, tmp_path: Path) -> Path:
    """Twelve pictures and a damaged one."""
    folder = tmp_path / "new"
    shutil.copytree(image_world.labeled / "test", folder)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    return folder


def is_over(use_it: UseIt) -> bool:
    return not use_it.batch.is_busy and not use_it._due.isActive()


def test_that_a_folder_is_classified_paused_and_written(
    use_it: UseIt,
    undisturbed: RunFolder,
    folder: Path,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = classifier_stage(undisturbed, "base", 0).name
    use_it.show_modality(modality_named("images"))
    use_it.show_classifier(undisturbed.path, stage)
    assert not use_it.table.isVisible()
    use_it.zone.dropped.emit([folder])
    # Before it can have found anything: nothing is lost, and it goes on.
    use_it.pause.click()
    qtbot.waitUntil(lambda: is_over(use_it), timeout=_LONG_MS)
    assert "goes on from there" in use_it.words.text()
    assert not use_it.pause.isVisible()
    assert use_it.go_on.text() == "&Go on"
    use_it.go_on.click()
    qtbot.waitUntil(lambda: is_over(use_it), timeout=_LONG_MS)
    assert use_it.rows.rowCount() == 13
    assert use_it.words.text().startswith("13 images classified on CPU")
    assert "1 of them can't be read." in use_it.words.text()
    assert use_it.go_on.text() == "Look a&gain"
    use_it.filter.answers.setCurrentIndex(use_it.filter.answers.findData(UNREADABLE))
    use_it.filter.changed.emit()
    assert use_it.rows.rowCount() == 1
    # What was found is kept: another process writes it, and classifies nothing.
    table, copies = tmp_path / "found", tmp_path / "sorted"
    monkeypatch.setattr(module, "choose_new_file", lambda *_: table)
    monkeypatch.setattr(module, "choose_folder", lambda *_: copies)
    use_it._save_table()
    qtbot.waitUntil(lambda: is_over(use_it), timeout=_LONG_MS)
    assert f"Written to {table}.csv." in use_it.words.text()
    with table.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 13
    use_it._copy_sorted()
    qtbot.waitUntil(lambda: is_over(use_it), timeout=_LONG_MS)
    assert f"12 copied to {copies}." in use_it.words.text()
    assert sum(1 for copy in copies.glob("*/*.png")) == 12
    assert sum(1 for file in folder.rglob("*")) == 16


@pytest.mark.slow
def test_that_texts_are_shown_by_their_words_and_a_folder_is_watched(
    use_it: UseIt, qtbot: QtBot, tmp_path: Path
) -> None:
    run = written_text_run(tmp_path / "run")
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "a.txt").write_text("the apple is green")
    use_it.show_modality(modality_named("text"))
    use_it.show_classifier(run.path, classifier_stage(run, "base", 0).name)
    use_it.watch.setChecked(True)
    use_it.take([folder])
    qtbot.waitUntil(lambda: "Waiting for new ones" in use_it.words.text(), timeout=_LONG_MS)
    (folder / "b.csv").write_text("text\nthe sea is blue\ngrass\n")
    qtbot.waitUntil(lambda: use_it.rows.rowCount() == 3, timeout=_LONG_MS)
    names = {use_it.rows.index(at, Column.EXAMPLE).data() for at in range(3)}
    assert names == {"the apple is green", "the sea is blue", "grass"}
    use_it.pause.click()
    qtbot.waitUntil(lambda: is_over(use_it), timeout=_LONG_MS)
    use_it.forget()
    assert use_it.rows.rowCount() == 0


@pytest.mark.slow
def test_that_whoever_wants_a_folder_sorted_is_led_to_it(
    window: MainWindow, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    window.open_run(undisturbed.path)
    window.show_page("export")
    window.show_page("results/use")  # before a result was read
    page = window.page("results")
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=_LONG_MS)
    assert page.tabs.currentWidget() is page.use_it
    page.tabs.setCurrentIndex(0)
    window.show_page("results")
    assert page.tabs.currentIndex() == 0
    window.show_page("results/use")
    assert page.tabs.currentWidget() is page.use_it
    # Of another run, the answer comes first.
    window.open_run(undisturbed.path)
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=_LONG_MS)
    assert page.tabs.currentIndex() == 0
