"""A finished run on the Train page: what it took, and nothing that is over."""

from pytestqt.qtbot import QtBot

from core.readers.history import History
from core.readers.outcome import read_outcome
from core.run.events import StageStarted
from core.run.folder import RunFolder
from gui.frame.window import MainWindow
from gui.outcome.words import headline
from gui.pages.train.bands import bands_of
from gui.pages.train.page import TrainPage


def shown(window: MainWindow, run: RunFolder) -> TrainPage:
    window.open_run(run.path)
    window.show_page("train")
    page = window.page("train")
    assert isinstance(page, TrainPage)
    return page


def test_that_a_finished_run_says_what_it_took_and_nothing_twice(
    window: MainWindow, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = shown(window, undisturbed)
    qtbot.waitUntil(lambda: page.head.state.text().startswith("Finished after "), timeout=60_000)
    assert not page.head.stage_bar.isVisible()
    assert not page.head.run_bar.isVisible()
    assert not page.head.numbers.isVisible()
    assert not page.commands.stop.isVisible()
    assert page.commands.discard.isVisible()


def test_that_stages_that_differ_in_their_seeds_share_a_title() -> None:
    history = History()
    names = ("01-further-pretrain", "02-finetune-base-seed-0", "03-finetune-base-seed-1")
    history.extend(StageStarted(stage=name, num_steps=10) for name in names)
    shown = bands_of(history, is_training=False)
    assert [band.title for band in shown] == ["Pre-training", "Fine-tuning alone", ""]
    assert [band.title_end for band in shown] == [10, 30, 30]
    # The one that is trained is named.
    trained = bands_of(history, is_training=True)
    assert trained[-1].title == "Fine-tuning alone, seed 1"
    assert [band.title_end for band in trained] == [10, 20, 30]


def test_that_the_end_is_told_with_the_answer_and_not_all_about_it(
    window: MainWindow, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    page = shown(window, undisturbed)
    whole = undisturbed.status().text
    with qtbot.waitSignal(page.notice) as told:
        page._say_end(undisturbed.status())
    tone, what, text = told.args
    assert (tone, what) == ("ok", f"{undisturbed.path.name}: Finished.")
    # As Results begin.
    assert text == headline(read_outcome(undisturbed))
    assert 0 < len(text) < len(whole) / 3
