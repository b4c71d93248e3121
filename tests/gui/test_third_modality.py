"""A modality that no line of the window knows: signals dropped, planned, trained, looked at."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.recipe import Recipe, modality_named
from core.recipe.modality import MORE_MODALITIES
from core.run.folder import RunFolder
from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.pages.export.page import ExportPage
from gui.pages.library.page import LibraryPage
from gui.pages.model.page import ModelPage
from gui.pages.plan.page import PlanPage
from gui.pages.results.page import ResultsPage
from gui.pages.train.page import TrainPage
from tests.gui.pages.data.test_texts import drop, scanned
from tests.gui.pages.results.conftest import settled
from tests.gui.test_accessible import controls, spoken_name
from tests.helpers.trainers import Trainer, start_fork_server
from tests.signals.modality import write_signals

pytestmark = pytest.mark.usefixtures("warm")

WAIT_MS = 120_000


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(MORE_MODALITIES, "tests.signals")
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def signals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signals")
    for split, number, seed in (("train", 8, 1), ("test", 4, 2)):
        write_signals(folder / "labeled" / split, number=number, seed=seed)
    write_signals(folder / "unlabeled", number=16, seed=3, labels=("saw",))
    return folder


@pytest.fixture(scope="module")
def run(signals: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run on signals."""
    start_fork_server()
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MORE_MODALITIES, "tests.signals")
        values = {
            "seed": 7,
            "data": {
                "kind": "signals",
                "unlabeled": [str(signals / "unlabeled")],
                "labeled": str(signals / "labeled"),
            },
            **modality_named("signals").presets["quick"],
            "runtime": {"device": "cpu", "precision": "float32", "threads": 1, "workers": 0},
        }
        made = RunFolder.create(folder / "run", Recipe.model_validate(values))
        environment = {MORE_MODALITIES: "tests.signals"}
        trainer = Trainer(made, folder / "cache", environment=environment)
        assert trainer.wait() == 0, trainer.said()
    return made


@pytest.mark.slow
def test_that_dropped_signals_are_scanned_and_planned(
    window: MainWindow, signals: Path, qtbot: QtBot
) -> None:
    window.new_run()
    page = window.page("data")
    assert isinstance(page, DataPage)
    drop(page, signals / "unlabeled", signals / "labeled")
    scanned(window, qtbot)
    session = window.session
    assert (session.modality.name, session.draft.data.kind) == ("signals", "signals")
    assert "signals" in page._summary.text()
    assert "signals for pre-training" in window.primary.accessibleDescription()
    window.show_page("model")
    model = window.page("model")
    assert isinstance(model, ModelPage)
    with qtbot.waitSignal(model.custom.checked, timeout=WAIT_MS):
        model.custom.check("tiny-signals")
    assert session.draft.model.name == "tiny-signals"
    card = model.cards["tiny-signals"]
    assert card.isVisible()
    assert "64 samples" in card.facts.numbers()
    window.show_page("plan")
    plan = window.page("plan")
    assert isinstance(plan, PlanPage)
    assert session.draft.modality.name == "signals"
    for key in ("data", "model", "plan"):
        shown = window.page(key)
        nameless = [type(c).__name__ for c in controls(shown) if not spoken_name(c).strip()]
        assert set(nameless) <= {"QTabBar"}


def test_that_a_run_on_signals_is_shown_from_curves_to_mistakes(
    window: MainWindow, run: RunFolder, signals: Path, qtbot: QtBot
) -> None:
    window.open_run(run.path)
    page = window.page("results")
    assert isinstance(page, ResultsPage)
    qtbot.waitUntil(lambda: settled(page), timeout=WAIT_MS)
    assert "on 12 test signals" in page.sentence.text()
    page.tabs.setCurrentWidget(page.mistakes)
    answers = page.mistakes._answers
    assert answers is not None
    assert len(answers) == 12
    assert answers.name(0).endswith(".npy")
    page.tabs.setCurrentWidget(page.try_it)
    page.try_it.take([signals / "labeled" / "test" / "sine" / "01.npy"])
    qtbot.waitUntil(lambda: all(tried.is_answered for tried in page.try_it.tried), timeout=WAIT_MS)
    assert len(page.try_it.tried[0].probabilities) == 3
    window.show_page("train")
    train = window.page("train")
    assert isinstance(train, TrainPage)
    window.show_page("export")
    export = window.page("export")
    assert isinstance(export, ExportPage)
    window.show_page("library")
    assert isinstance(window.page("library"), LibraryPage)
