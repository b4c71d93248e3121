"""The library shows runs as they are, and does with them what was asked for."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.readers.lead import Lead
from core.recipe.modality import modality_named
from core.run.folder import RunFolder, RunState
from gui.pages.library.card import RunCard
from gui.pages.library.page import LibraryPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets import dialogs
from tests.gui.pages.library.runs import add_pictures, finish, make_run


class Told:
    """What the page said and where it went."""

    def __init__(self, page: LibraryPage) -> None:
        self.went: list[str] = []
        self.notice: list[str] = []
        page.go_to.connect(self.went.append)
        page.notice.connect(lambda tone, what, action: self.notice.append(f"{what} {action}"))


@pytest.fixture
def runs(session: Session) -> Path:
    folder = session.settings.runs_folder
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def started(watcher: RunWatcher, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Runs a trainer was started on; none really is."""
    found: list[Path] = []

    def start() -> None:
        assert watcher.run is not None
        found.append(watcher.run.path)

    monkeypatch.setattr(watcher, "start", start)
    return found


@pytest.fixture
def shown(session: Session, watcher: RunWatcher, qtbot: QtBot):
    """Makes the page and waits until it has read all runs."""
    pages: list[LibraryPage] = []

    def make() -> tuple[LibraryPage, Told]:
        page = LibraryPage(session, watcher)
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.on_shown()
        qtbot.waitUntil(lambda: all(card.summary for card in page.shelf.cards))
        return page, Told(page)

    yield make
    for page in pages:
        page.shut_down()


def card(page: LibraryPage, run: RunFolder | Path) -> RunCard:
    found = page.shelf.card(run.path if isinstance(run, RunFolder) else run)
    assert found is not None
    return found


def test_that_an_empty_library_offers_three_ways_to_begin(shown, session: Session) -> None:
    page, told = shown()
    assert page.stack.currentWidget() is page.welcome
    assert list(page.welcome.choices) == ["images", "text", "sample"]
    page.welcome.choices["images"].click()
    assert session.draft.data.kind == "images"
    page.welcome.choices["text"].click()
    assert (session.modality.name, session.draft.model.name) == ("text", "starter-text")
    assert told.went == ["data", "data"]
    assert session.run is None


def test_that_every_state_is_told_in_words(shown, runs: Path) -> None:
    states = (RunState.NEW, RunState.PAUSED, RunState.STOPPED, RunState.FAILED)
    made = {state: make_run(runs / str(state), state, step=50) for state in states}
    made[RunState.INTERRUPTED] = make_run(runs / "dead", RunState.INTERRUPTED, step=50)
    page, _ = shown()
    words = {state: card(page, run).state.whole for state, run in made.items()}
    assert words[RunState.NEW] == "Not started yet"
    assert words[RunState.PAUSED].startswith("Paused at 1")
    assert words[RunState.STOPPED].startswith("Stopped at 1")
    assert words[RunState.FAILED].startswith("Failed at 1")
    assert words[RunState.INTERRUPTED].startswith("Interrupted at 1")


def test_that_a_finished_run_shows_accuracy_and_pictures(
    shown, runs: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    run = finish(make_run(runs / "done", RunState.PAUSED, step=50))
    add_pictures(run, tmp_path / "images")
    page, _ = shown()
    shown_card = card(page, run)
    assert shown_card.score.whole == "75.0 % correct (65.0 to 85.0), self-distilled"
    qtbot.waitUntil(lambda: shown_card.thumbnail.num_images == 4)
    assert "75.0 % correct" in shown_card.accessibleDescription()


def test_that_a_run_from_elsewhere_is_listed_once_it_was_opened(
    shown, session: Session, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "elsewhere" / "run")
    session.open_run(run.path)
    page, _ = shown()
    assert [shown_card.path for shown_card in page.shelf.cards] == [run.path]


def test_that_the_interrupted_run_is_offered_and_continued(
    shown, runs: Path, session: Session, started: list[Path]
) -> None:
    run = make_run(runs / "night", RunState.INTERRUPTED, step=50)
    page, told = shown()
    assert page.banner.isVisible()
    assert page.banner.words.text().startswith("Run night stopped at 1")
    assert page.banner.words.text().endswith("continue?")
    page.banner.action.click()
    assert session.run == run
    assert started == [run.path]
    assert told.went == ["train"]


def test_that_not_now_puts_the_question_off(shown, runs: Path, qtbot: QtBot) -> None:
    make_run(runs / "night", RunState.PAUSED, step=50)
    page, _ = shown()
    page.banner.not_now.click()
    assert not page.banner.isVisible()
    with qtbot.waitSignal(page.reader.read):
        page.refresh()
    assert not page.banner.isVisible()


def test_that_a_run_that_still_trains_is_offered_to_watch(
    shown, runs: Path, session: Session, started: list[Path]
) -> None:
    run = make_run(runs / "busy", RunState.RUNNING, step=50, left_s=600.0)
    lock = run.lock()
    try:
        page, told = shown()
        assert page.banner.words.text().startswith("Run busy is training: 1")
        assert ", about " in page.banner.words.text()
        page.banner.action.click()
    finally:
        lock.release()
    assert session.run == run
    assert started == []
    assert told.went == ["train"]


def test_that_a_second_training_is_asked_about(
    shown,
    runs: Path,
    started: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy = make_run(runs / "busy", RunState.RUNNING)
    idle = make_run(runs / "idle", RunState.PAUSED)
    asked: list[str] = []
    answers = iter(["cancel", "cancel", "start"])

    def answer(parent: object, title: str, *_: object) -> str:
        asked.append(title)
        return next(answers)

    monkeypatch.setattr(dialogs, "ask", answer)
    with busy.lock():
        page, _ = shown()
        page.do("continue", idle.path)
        page.try_sample(modality_named("images"))
        assert asked == ["busy is training on this machine."] * 2
        assert started == []
        assert not page.sample.is_busy
        page.do("continue", idle.path)
        assert started == [idle.path]
    page.do("continue", idle.path)
    assert len(asked) == 3


def test_that_a_training_run_is_not_deleted(
    shown, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(runs / "busy", RunState.RUNNING, step=50)
    monkeypatch.setattr(dialogs, "ask", lambda *_: pytest.fail("asked"))
    lock = run.lock()
    try:
        page, told = shown()
        page.do("delete", run.path)
    finally:
        lock.release()
    assert "is training" in told.notice[0]
    assert run.path.exists()


@pytest.mark.parametrize("answer", ["delete", "cancel"])
def test_that_deleting_asks_first(
    shown,
    runs: Path,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    answer: str,
) -> None:
    run = make_run(runs / "old", RunState.STOPPED, step=50)
    session.open_run(run.path)
    monkeypatch.setattr(dialogs, "ask", lambda *_: answer)
    page, told = shown()
    card(page, run).setFocus()
    qtbot.keyClick(card(page, run), Qt.Key.Key_Delete)
    if answer == "cancel":
        assert run.path.exists()
        return
    qtbot.waitUntil(lambda: not run.path.exists() and bool(told.notice))
    assert told.notice == ["Run old is deleted. "]
    assert session.run is None
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.welcome)


def test_that_a_run_taken_off_the_list_keeps_its_files(
    shown, runs: Path, session: Session, qtbot: QtBot
) -> None:
    run = make_run(runs / "boring", RunState.STOPPED)
    page, told = shown()
    page.do("remove", run.path)
    assert page.shelf.cards == []
    assert (run.path / "recipe.toml").exists()
    assert "not deleted" in told.notice[0]
    session.open_run(run.path)
    page.refresh()
    assert [shown_card.path for shown_card in page.shelf.cards] == [run.path]
    page.do("remove", run.path)
    assert page.shelf.cards == []
    session.undo.undo()
    qtbot.waitUntil(lambda: [each.path for each in page.shelf.cards] == [run.path])
    session.undo.redo()
    qtbot.waitUntil(lambda: page.shelf.cards == [])


def test_that_damaged_and_missing_runs_say_why_and_can_be_removed(
    shown, runs: Path, session: Session, tmp_path: Path
) -> None:
    damaged = make_run(runs / "damaged", RunState.PAUSED)
    (damaged.path / "state.json").write_text("{")
    session.settings.remember_run(tmp_path / "gone")
    page, _ = shown()
    assert "state.json" in card(page, damaged).reason.text()
    assert "delete" in card(page, damaged).verbs()
    gone = card(page, tmp_path / "gone")
    assert "not there any more" in gone.reason.text()
    assert gone.verbs() == ["remove"]
    gone.action.click()
    assert page.shelf.card(tmp_path / "gone") is None


def test_that_keys_walk_over_the_cards_and_open_one(shown, runs: Path, qtbot: QtBot) -> None:
    for number in range(5):
        finish(make_run(runs / f"run-{number}"))
    page, told = shown()
    page.activateWindow()
    cards = page.shelf.cards
    cards[0].setFocus()
    qtbot.waitUntil(cards[0].hasFocus)
    qtbot.keyClick(cards[0], Qt.Key.Key_Right)
    assert QApplication.focusWidget() is cards[1]
    qtbot.keyClick(cards[1], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is cards[3]
    qtbot.keyClick(cards[3], Qt.Key.Key_Return)
    assert told.went == ["results"]


def test_that_the_menu_offers_what_can_be_done(shown, runs: Path) -> None:
    run = make_run(runs / "run", RunState.PAUSED)
    page, _ = shown()
    words = [action.text() for action in card(page, run).menu().actions() if action.text()]
    assert words == [
        "Open",
        "Continue",
        "Add to tonight's runs",
        "Again with …",
        "Rename …",
        "Write a note …",
        "Show in folder",
        "Remove from list",
        "Delete …",
    ]


def test_that_below_a_few_runs_stand_ways_to_begin_another(
    shown, runs: Path, session: Session
) -> None:
    make_run(runs / "one", RunState.STOPPED)
    page, told = shown()
    ways = page.few.ways
    assert ways.isVisible()
    # Nothing is offered twice.
    assert [made.isVisible() for made in page.shortcuts] == [True, False]
    ways.choices["text"].click()
    assert (session.modality.name, told.went) == ("text", ["data"])
    for number in range(2):
        make_run(runs / f"run-{number}", RunState.STOPPED)
    page.refresh()
    assert not ways.isVisible()
    assert all(made.isVisible() for made in page.shortcuts)


def test_that_many_runs_can_be_searched(shown, runs: Path) -> None:
    for number in range(9):
        make_run(runs / f"run-{number}", RunState.PAUSED if number < 2 else RunState.STOPPED)
    page, _ = shown()
    assert page.search.isVisible()
    page.search.setText("paused run")
    assert {found.path.name for found in page.shelf.cards} == {"run-0", "run-1"}
    page.search.clear()
    assert len(page.shelf.cards) == 9


@pytest.mark.slow
def test_that_a_run_that_ends_meanwhile_is_read_again(shown, runs: Path, qtbot: QtBot) -> None:
    run = make_run(runs / "busy", RunState.RUNNING, step=50)
    lock = run.lock()
    page, _ = shown()
    assert card(page, run).state.whole.startswith("Training")
    lock.release()
    qtbot.waitUntil(lambda: card(page, run).state.whole.startswith("Interrupted"), timeout=10_000)


def test_that_all_controls_have_names(shown, runs: Path) -> None:
    make_run(runs / "run", RunState.PAUSED, step=50)
    page, _ = shown()
    shown_card = page.shelf.cards[0]
    for widget in (shown_card, shown_card.more, shown_card.action, page.search):
        assert widget.accessibleName()


def test_that_the_sample_is_made_opened_and_trained(
    shown, runs: Path, session: Session, started: list[Path], qtbot: QtBot
) -> None:
    (runs / "sample-images").mkdir()
    page, told = shown()
    page.try_sample(modality_named("images"))
    assert page.sample.is_busy
    qtbot.waitUntil(lambda: bool(started), timeout=60_000)
    assert started == [runs / "sample-images-2"]
    assert session.draft.data.labeled == str(runs / "sample-images-2" / "digits" / "labeled")
    assert len(list((runs / "sample-images-2" / "digits" / "unlabeled").iterdir())) == 1288
    assert told.went == ["library", "train"]
    assert not page.sample.isVisible()


@pytest.mark.slow
def test_that_a_cancelled_sample_leaves_nothing(shown, runs: Path, qtbot: QtBot) -> None:
    page, told = shown()
    page.try_sample(modality_named("images"))
    qtbot.waitUntil(lambda: page.sample.bar.value() > 0, timeout=60_000)
    page.sample.cancel.click()
    qtbot.waitUntil(lambda: not page.sample.is_busy, timeout=60_000)
    assert not (runs / "sample-images").exists()
    assert told.notice == []


def test_that_a_place_that_cannot_be_written_is_told(
    shown, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").write_text("no folder")
    session.settings.runs_folder = tmp_path / "file"
    page, told = shown()
    page.try_sample(modality_named("images"))
    qtbot.waitUntil(lambda: bool(told.notice), timeout=60_000)
    assert "can't be written" in told.notice[0]


def test_that_a_run_is_renamed_and_noted(
    shown, runs: Path, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finish(make_run(runs / "old name", RunState.RUNNING, step=50))
    session.open_run(run.path)
    page, told = shown()
    assert {"again", "rename", "note"} <= set(card(page, run).verbs())
    monkeypatch.setattr(dialogs, "ask_text", lambda *_: "Better light.\nSecond try.")
    page.do("note", run.path)
    qtbot.waitUntil(lambda: card(page, run).notes.whole == "Better light. Second try.")
    page.shelf.filter_by("second")
    assert [each.path for each in page.shelf.cards] == [run.path]
    page.shelf.filter_by("")
    session.undo.undo()
    qtbot.waitUntil(lambda: card(page, run).notes.whole == "")
    session.undo.redo()
    qtbot.waitUntil(lambda: card(page, run).notes.whole == "Better light. Second try.")
    monkeypatch.setattr(dialogs, "ask_line", lambda *_: "new: name")
    page.do("rename", run.path)
    assert "can't be called" in told.notice[-1]
    monkeypatch.setattr(dialogs, "ask_line", lambda *_: "new name")
    page.do("rename", run.path)
    # What was open stays open, at its new place, with its notes.
    assert session.run is not None
    assert session.run.path == runs / "new name"
    assert [each.path for each in page.shelf.cards] == [runs / "new name"]
    qtbot.waitUntil(lambda: card(page, runs / "new name").notes.whole != "")
    assert session.undo.undoText() == "Rename old name"
    session.undo.undo()
    qtbot.waitUntil(lambda: [each.path for each in page.shelf.cards] == [run.path])
    assert session.run.path == run.path


def test_that_words_behind_a_hash_in_notes_are_tags_to_find_runs_by(
    shown, runs: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_run(runs / f"run-{number}", RunState.STOPPED) for number in range(4)]
    page, _ = shown()
    assert not page.tags.isVisible()
    for run, text in zip(made, ("Sharp. #paper #good", "#paper", "C# is no tag"), strict=False):
        monkeypatch.setattr(dialogs, "ask_text", lambda *_, text=text: text)
        page.do("note", run.path)
    qtbot.waitUntil(lambda: list(page.tags.buttons) == ["#good", "#paper"])
    page.tags.buttons["#paper"].click()
    # The note of the second may not be read yet.
    qtbot.waitUntil(lambda: {each.path.name for each in page.shelf.cards} == {"run-0", "run-1"})
    page.tags.buttons["#good"].click()
    assert [each.path.name for each in page.shelf.cards] == ["run-0"]
    assert [made.isChecked() for made in page.tags.buttons.values()] == [True, False]
    page.search.clear()
    assert len(page.shelf.cards) == 4
    assert not any(made.isChecked() for made in page.tags.buttons.values())


def test_that_a_run_that_trains_offers_no_other_name(shown, runs: Path) -> None:
    run = make_run(runs / "busy", RunState.RUNNING, step=50)
    with run.lock():
        page, _ = shown()
        assert "rename" not in card(page, run).verbs()


def test_that_a_run_is_begun_again_with_its_recipe(shown, runs: Path, session: Session) -> None:
    run = finish(make_run(runs / "done", RunState.RUNNING, step=50))
    page, told = shown()
    page.do("again", run.path)
    assert told.went == ["data"]
    assert session.run is None
    assert session.draft == run.recipe()


def test_that_runs_are_shown_in_the_order_asked_for(shown, runs: Path, qtbot: QtBot) -> None:
    for name in ("b", "a", "c"):
        make_run(runs / name, RunState.PAUSED, step=50)
    finish(RunFolder.open(runs / "c"))
    page, _ = shown()
    assert page.order.isVisible()
    page.order.setCurrentText("By name")
    page.order.textActivated.emit("By name")
    assert [each.path.name for each in page.shelf.cards] == ["a", "b", "c"]
    page.order.textActivated.emit("Most accurate first")
    assert page.shelf.cards[0].path.name == "c"
    assert card(page, runs / "c").verdict.whole == "No gain over fine-tuning alone"


def test_that_a_card_says_in_a_line_of_its_own_that_a_score_is_chance(
    shown, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finish(make_run(runs / "done", RunState.RUNNING, step=50))
    page, _ = shown()
    made = card(page, run.path)
    assert made.summary is not None
    doubt = "No better than always saying USED-FOR: 54.7 %."
    made.show_summary(replace(made.summary, lead=Lead.PERHAPS, chance=doubt))
    assert made.verdict.whole == "Perhaps a gain over fine-tuning alone"
    assert (made.chance.whole, made.chance.isHidden()) == (doubt, False)
    assert doubt in made.accessibleDescription()
