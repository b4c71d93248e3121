"""The plan page: presets, the slider, every setting, where the run is kept."""

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from core.planning.estimate import Measurement, estimate_run
from core.planning.steps import fit_steps, has_steps_of
from core.recipe import Recipe, preset_recipe, read_recipe
from core.run.folder import RunFolder
from gui.pages.plan.page import PlanPage
from gui.pages.plan.setting_form import SettingForm
from gui.pages.plan.settings import all_settings
from gui.running.destination import proposed_name
from gui.running.estimate_table import light
from gui.running.measuring import _what_counts
from gui.state.findings import Findings
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.words.numbers import gib_in_words
from tests.helpers.measured import MEASURED

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def page(session: Session, watcher: RunWatcher, qtbot: QtBot) -> PlanPage:
    """The page alone, with data that were read and a machine that was measured."""
    none = np.empty(0, np.int64)
    counts = {"num_pretraining": 1_000, "num_pretraining_with_test": 1_100, "num_labeled": 300}
    summary = {"kind": "images", "classes": [], "roots": [], "guesses": [], **counts}
    session.findings = Findings(summary, none.astype(np.uint8), none, none, none, none, none, none)
    made = PlanPage(session, watcher)
    qtbot.addWidget(made)
    made._measuring._known = _Always()
    made.show()
    return made


class _Always(dict):
    """Every recipe has been measured."""

    def get(self, key: object, default: object = None) -> Measurement:
        return MEASURED

    def __contains__(self, key: object) -> bool:
        return True


@pytest.mark.parametrize("preset", ["quick", "balanced", "paper"])
@pytest.mark.parametrize("hours", [0.25, 2, 24])
def test_that_steps_fit_the_time(preset: str, hours: float) -> None:
    recipe = fit_steps(MEASURED, preset_recipe(preset), 1_000, 300, hours * 3600)
    Recipe.model_validate(recipe.model_dump())
    taken = estimate_run(MEASURED, recipe, 1_000, 300).seconds
    assert taken == pytest.approx(hours * 3600, rel=0.05)
    again = fit_steps(MEASURED, recipe, 1_000, 300, taken)
    assert again.pretrain.steps == pytest.approx(recipe.pretrain.steps, rel=0.02)
    ratio = preset_recipe(preset).pretrain.steps / preset_recipe(preset).finetune.steps
    assert recipe.pretrain.steps / recipe.finetune.steps == pytest.approx(ratio, rel=0.1)


def test_that_a_time_that_is_too_short_leaves_what_is_needed() -> None:
    recipe = fit_steps(MEASURED, preset_recipe("paper"), 1_000, 300, 1.0)
    Recipe.model_validate(recipe.model_dump())
    assert recipe.pretrain.steps == 20
    assert recipe.finetune.warmup_steps < recipe.finetune.steps


def test_that_more_images_take_more_disk_until_the_budget() -> None:
    recipe = preset_recipe("quick")
    few = estimate_run(MEASURED, recipe, 1_000, 0).disk_gib
    many = estimate_run(MEASURED, recipe, 100_000, 0).disk_gib
    assert many > few + 1
    beyond = estimate_run(MEASURED, recipe, 10_000_000, 0).disk_gib
    assert beyond < many + 10


@pytest.mark.parametrize(
    ("needed", "free", "tone"), [(1, 10, "ok"), (9, 10, "warn"), (11, 10, "bad")]
)
def test_that_lights_have_words_too(needed: float, free: float, tone: str) -> None:
    shown = light(needed, free, "Memory")
    assert shown.tone == tone
    # In one unit everywhere, that of files and downloads.
    assert f"needs {gib_in_words(needed)}, {gib_in_words(free)} are free" in shown.words
    assert gib_in_words(9) == "9.7\N{NO-BREAK SPACE}GB"


def test_that_the_slider_sets_the_steps_and_can_be_undone(
    page: PlanPage, session: Session, qtbot: QtBot
) -> None:
    before = session.draft
    page._show_estimate()
    assert page.slider.isEnabled()
    assert "About" in page.table.total.text()
    page.slider.slider.setFocus()
    with qtbot.waitSignal(page.slider.chosen):
        qtbot.keyClick(page.slider.slider, Qt.Key.Key_PageUp)
    assert session.draft.pretrain.steps > before.pretrain.steps
    assert page.presets._words.text().startswith("Custom settings.")
    session.undo.undo()
    assert session.draft == before


@pytest.mark.parametrize("hours", [0.25, 2, 24])
def test_that_a_race_takes_the_time_that_there_is(hours: float) -> None:
    recipe = fit_steps(MEASURED, preset_recipe("best"), 1_000, 300, hours * 3600)
    Recipe.model_validate(recipe.model_dump())
    found = estimate_run(MEASURED, recipe, 1_000, 300)
    assert found.seconds == pytest.approx(hours * 3600, rel=0.02)
    assert [stage.kind for stage in found.stages] == ["race"]
    assert has_steps_of(recipe, recipe)
    assert not has_steps_of(recipe, preset_recipe("best"))


def test_that_best_says_why_it_can_not_be_chosen(page: PlanPage, session: Session) -> None:
    assert next(iter(page.presets.buttons)) == "best"
    page.presets.show_why_not_best("there are only 3 images with labels")
    page.presets.show_recipe(session.draft)
    assert not page.presets.buttons["best"].isEnabled()
    assert "Best can't be chosen: there are only 3 images" in page.presets._words.text()
    page.presets.show_why_not_best("")
    page.presets.show_recipe(session.draft)
    assert "Recommended is Best:" in page.presets._words.text()
    page.presets.buttons["best"].click()
    assert session.draft.race.minutes > 0
    assert page.presets._words.text().startswith("Recommended: in your time")
    page._show_estimate()
    assert page.table.total.text().startswith("About 1 h")


def test_that_a_preset_keeps_data_and_model(page: PlanPage, session: Session) -> None:
    session.change("data", data={"unlabeled": ["/x"]}, model={"name": "facebook/vit-mae-base"})
    page.presets.buttons["paper"].click()
    assert session.draft.pretrain.steps == 20_000
    assert session.draft.data.unlabeled == ("/x",)
    assert session.draft.model.name == "facebook/vit-mae-base"
    assert page.presets.buttons["paper"].isChecked()


def test_that_a_setting_that_is_yes_no_or_a_word_is_chosen_from_these(
    session: Session, qtbot: QtBot
) -> None:
    form = SettingForm(session)
    qtbot.addWidget(form)
    choice = form.rows["finetune.flips"].editor
    assert isinstance(choice, QComboBox)
    assert [choice.itemText(index) for index in range(choice.count())] == ["auto", "yes", "no"]
    for text, value in (("no", False), ("yes", True), ("auto", "auto")):
        choice.setCurrentText(text)
        choice.textActivated.emit(text)
        assert session.draft.finetune.flips == value
        assert choice.currentText() == text


def test_that_learning_rates_to_search_are_typed_as_numbers(session: Session, qtbot: QtBot) -> None:
    form = SettingForm(session)
    qtbot.addWidget(form)
    field = form.rows["finetune.search_rates"].editor
    assert isinstance(field, QLineEdit)
    field.setText("1e-5, 0.001")
    field.editingFinished.emit()
    assert session.draft.finetune.search_rates == (1e-5, 1e-3)


def test_that_every_setting_of_the_recipe_has_its_row(session: Session, qtbot: QtBot) -> None:
    form = SettingForm(session)
    qtbot.addWidget(form)
    names = {setting.name for setting in all_settings()}
    assert {"seed", "pretrain.lr", "distill.match", "runtime.offline", "finetune.arms"} <= names
    assert set(form.rows) == names
    for row in form.rows.values():
        assert row.editor.accessibleName()
        assert row.setting.help in row.editor.toolTip()
    form.show()
    form.search.setText("mask ratio")
    assert [name for name, row in form.rows.items() if row.editor.isVisible()] == [
        "pretrain.mask_ratio",
        "distill.mask_ratio",
    ]
    form.search.setText("no such words")
    assert form._nothing.isVisible()


def form_base(session: Session) -> Recipe:
    return preset_recipe("quick", session.draft.data.kind)


@pytest.mark.parametrize("preset", ["quick", "balanced", "paper"])
def test_that_a_fresh_preset_shows_nothing_changed(
    session: Session, preset: str, qtbot: QtBot
) -> None:
    session.use_preset(preset)
    form = SettingForm(session)
    qtbot.addWidget(form)
    assert [name for name, row in form.rows.items() if row.is_changed] == []
    assert not any("changed" in topic.text() for topic in form.topics.values())
    session.change("rate", pretrain={"lr": 7e-5})
    row = form.rows["pretrain.lr"]
    assert row.words.text().startswith("Changed; ")
    assert row.reset.isEnabled()
    assert form.topics["pretrain"].text() == "Further pre-training (1 changed)"
    row.reset.click()
    assert not row.is_changed


def test_that_topics_open_one_by_one_and_a_search_opens_all(session: Session, qtbot: QtBot) -> None:
    form = SettingForm(session)
    qtbot.addWidget(form)
    form.show()
    assert not any(row.editor.isVisible() for row in form.rows.values())
    form.topics["pretrain"].click()
    assert form.rows["pretrain.lr"].editor.isVisible()
    assert not form.rows["distill.lr"].editor.isVisible()
    with qtbot.waitSignal(form.searched):
        form.search.setText("learning rate")
    assert form.rows["distill.lr"].editor.isVisible()
    form.search.clear()
    assert not form.rows["distill.lr"].editor.isVisible()


def test_that_settings_are_edited_refused_and_reset(session: Session, qtbot: QtBot) -> None:
    form = SettingForm(session)
    qtbot.addWidget(form)
    lr = form.rows["pretrain.lr"]
    assert isinstance(lr.editor, QLineEdit)
    lr.editor.setText("3e-4")
    lr.editor.editingFinished.emit()
    assert session.draft.pretrain.lr == 3e-4
    assert lr.reset.isEnabled()
    # A wrong value is marked at its field, which keeps it, and the right one holds.
    with qtbot.assertNotEmitted(session.refused):
        lr.editor.setText("fast")
        lr.editor.editingFinished.emit()
    assert session.draft.pretrain.lr == 3e-4
    assert lr.editor.text() == "fast"
    assert lr.words.text() == "A number is needed here. Until then 0.0003 holds."
    assert lr.editor.property("wrong") == "true"
    session.change("other", pretrain={"steps": 301})
    assert lr.editor.text() == "fast"
    lr.reset.click()
    assert session.draft.pretrain.lr == form_base(session).pretrain.lr
    assert lr.editor.property("wrong") == ""
    lr.editor.setText("-1")
    lr.editor.editingFinished.emit()
    assert lr.words.text().startswith("It has to be greater than 0")
    session.undo.undo()
    assert not lr.is_wrong
    flips = form.rows["pretrain.flips"].editor
    assert isinstance(flips, QCheckBox)
    flips.click()
    assert session.draft.pretrain.flips
    match = form.rows["distill.match"].editor
    assert isinstance(match, QComboBox)
    match.textActivated.emit("patch_mean")
    assert session.draft.distill.match == "patch_mean"
    size = form.rows["model.image_size"].editor
    assert isinstance(size, QLineEdit)
    size.setText("96")
    size.editingFinished.emit()
    assert session.draft.model.image_size == 96
    size.setText("")
    size.editingFinished.emit()
    assert session.draft.model.image_size is None
    arms = form.rows["finetune.arms"].editor
    assert isinstance(arms, QLineEdit)
    arms.setText("base, distilled")
    arms.editingFinished.emit()
    assert session.draft.finetune.arms == ("base", "distilled")
    seed = form.rows["seed"].editor
    assert isinstance(seed, QLineEdit)
    seed.setText("12")
    seed.editingFinished.emit()
    assert session.draft.seed == 12


def test_that_a_recipe_is_saved_loaded_and_copied(
    page: PlanPage, session: Session, tmp_path: Path, monkeypatch, qtbot: QtBot
) -> None:
    session.change("x", pretrain={"steps": 77}, data={"unlabeled": ["/my images"]})
    page.destination.propose()
    monkeypatch.setattr("gui.widgets.dialogs.choose_new_file", lambda *_: tmp_path / "r.toml")
    page.recipe._save()
    assert read_recipe(tmp_path / "r.toml") == session.draft
    wanted = session.draft
    session.begin()
    monkeypatch.setattr("gui.widgets.dialogs.choose_file", lambda *_: tmp_path / "r.toml")
    page.recipe._load()
    assert session.draft == wanted
    page.recipe._copy()
    command = shlex.split(QApplication.clipboard().text())
    assert command[:4] == ["redistill", "run", "--unlabeled", "/my images"]
    assert "pretrain.steps=77" in command
    (tmp_path / "r.toml").write_text("[pretrain]\nsteps = 'many'\n")
    with qtbot.waitSignal(page.notice) as told:
        page.recipe._load()
    assert told.args[0] == "bad"
    assert "pretrain.steps" in told.args[1]


@pytest.mark.parametrize(
    ("folder", "name"), [("/a/Käfer", "Käfer"), ("/a/My moths/unlabeled", "My moths")]
)
def test_that_a_run_is_named_after_its_images(folder: str, name: str) -> None:
    assert proposed_name(Recipe.model_validate({"data": {"unlabeled": [folder]}})) == name


def test_that_a_place_that_can_not_be_is_said(page: PlanPage, session: Session) -> None:
    (session.settings.runs_folder / "taken").mkdir(parents=True)
    for name, words in (("", "name"), ("a/b", "can't have"), ("taken", "already")):
        page.destination.name.setText(name)
        assert words in page.destination.problem()
    page.destination.name.setText("fine")
    assert page.destination.problem() == ""
    session.findings = None
    assert not page.primary().is_enabled
    assert not page.slider.isEnabled()


def move(page: PlanPage, tick: int) -> None:
    """The slider, which then rests."""
    page.slider.slider.setValue(tick)
    page.slider._settle.stop()
    page.slider.chosen.emit(page.slider.seconds)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    preset=st.sampled_from(["quick", "balanced", "paper"]),
    ticks=st.lists(st.integers(0, 400), min_size=1, max_size=6),
)
def test_that_the_slider_moved_at_random_and_back_changes_nothing(
    page: PlanPage, session: Session, preset: str, ticks: list[int]
) -> None:
    session.use_preset(preset)
    page._show_estimate()
    before, home = session.draft, page.slider.slider.value()
    for tick in [*ticks, home]:
        move(page, tick)
        for name in ("pretrain", "distill", "finetune"):
            section, chosen = getattr(session.draft, name), getattr(before, name)
            share = chosen.warmup_steps / chosen.steps
            assert section.warmup_steps == pytest.approx(share * section.steps, abs=1)
            assert bool(section.warmup_steps) == bool(chosen.warmup_steps)
    assert session.draft == before


def test_that_other_changes_survive_the_slider_and_typed_steps_are_its_new_start(
    page: PlanPage, session: Session
) -> None:
    page._show_estimate()
    move(page, 0)
    assert session.draft.pretrain.steps == 20
    session.change("rate", pretrain={"lr": 1e-5})
    assert (session.unscaled.pretrain.steps, session.unscaled.pretrain.lr) == (300, 1e-5)
    move(page, 300)
    assert session.draft.pretrain.lr == 1e-5
    assert session.draft.finetune.warmup_steps > 30
    session.change("steps", finetune={"steps": 777, "warmup_steps": 7})
    assert session.unscaled == session.draft
    session.undo.undo()
    assert session.unscaled.finetune.steps == 300
    session.undo.undo()
    session.undo.undo()
    session.undo.undo()
    assert session.draft == session.unscaled


def test_that_the_scale_begins_with_the_fewest_steps(page: PlanPage, session: Session) -> None:
    page._show_estimate()
    move(page, 0)
    assert session.draft.pretrain.steps == 20
    assert page.slider.slider.value() == 0
    assert page.slider._least.text().endswith(": the fewest steps")


def test_that_the_name_follows_the_data_unless_it_was_typed(
    page: PlanPage, session: Session, tmp_path: Path
) -> None:
    name = page.destination.name
    session.change("data", data={"unlabeled": [str(tmp_path / "plates")]})
    assert name.text() == "plates"
    session.change("data", data={"unlabeled": [str(tmp_path / "chests")]})
    assert name.text() == "chests"
    name.setText("mine")
    name.textEdited.emit("mine")
    session.change("data", data={"unlabeled": [str(tmp_path / "leaves")]})
    assert name.text() == "mine"
    # Another draft: neither what was typed nor what was proposed is its name.
    session.begin()
    session.change("data", data={"unlabeled": [str(tmp_path / "photos")]})
    assert name.text() == "photos"


def test_that_a_run_is_repeated_under_another_name(
    page: PlanPage, session: Session, tmp_path: Path
) -> None:
    session.change("data", data={"unlabeled": [str(tmp_path / "photos")]})
    run = session.settings.runs_folder / "photos"
    run.parent.mkdir(parents=True, exist_ok=True)
    RunFolder.create(run, session.draft)
    session.open_run(run)
    page.on_shown()
    name = page.destination.name
    assert name.text() == "photos"
    assert page.primary().text == "&Next: train"
    name.setText("photos again")
    name.textEdited.emit(name.text())
    assert page.primary().text == "&Start training"
    assert page.destination.problem() == ""
    # Other settings are another run, with a name of its own.
    name.setText("photos")
    name.textEdited.emit(name.text())
    session.change("rate", pretrain={"lr": 1e-5})
    assert name.text() == "photos 2"
    session.undo.undo()
    assert name.text() == "photos"
    assert page.primary().text == "&Next: train"


def test_that_a_disturbed_measurement_says_so_and_is_made_again(
    page: PlanPage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page._measuring._known = dict[str, Measurement]()
    started: list[Recipe] = []
    monkeypatch.setattr(page._measuring._process, "start", lambda *_: started.append(session.draft))
    key = _what_counts(session.draft)
    page._measuring._known[key] = replace(MEASURED, others=0.61)
    monkeypatch.setattr("psutil.cpu_percent", lambda: 60.0)
    page._measure()
    words = [line.text() for line in page.table.findChildren(QLabel)]
    assert any(word.startswith("Other programs used 61 % of this machine") for word in words)
    assert not started
    # The machine is quiet now.
    monkeypatch.setattr("psutil.cpu_percent", lambda: 5.0)
    page._measure()
    assert len(started) == 1
    page._measuring._known[key] = MEASURED
    page._show_estimate()
    assert page._again.isVisible()
    page._again.click()
    assert len(started) == 2


def test_that_a_plan_with_its_times_is_as_narrow_as_a_small_screen(page: PlanPage) -> None:
    # 1920 pixels at 200 %, less the rail and margins.
    page.resize(744, 540)
    page._show_estimate()
    assert all(made.time.text() for made in page.method.cards)
    # The widest times there are.
    for made in page.method.cards:
        made.time.setText("12 h 34 min")
    content = page.area.widget()
    assert content is not None
    assert content.minimumSizeHint().width() <= 720


def test_that_a_plan_uses_a_large_screen(page: PlanPage, qtbot: QtBot) -> None:
    page.resize(3600, 2000)
    page._show_estimate()
    qtbot.waitUntil(lambda: page.table.mapTo(page, QPoint(0, 0)).y() > 0)
    right = page.table.mapTo(page, QPoint(page.table.width(), 0)).x()
    assert page.destination.mapTo(page, QPoint(0, 0)).x() > right
    # Settings have a third column.
    right = page.destination.mapTo(page, QPoint(page.destination.width(), 0)).x()
    assert page.advanced.mapTo(page, QPoint(0, 0)).x() > right
    assert page.advanced.mapTo(page, QPoint(page.advanced.width(), 0)).x() > 2700
