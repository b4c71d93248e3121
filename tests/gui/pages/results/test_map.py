"""The map: laid out by a real process, moved, drawn around, explained, by mouse and keyboard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from core.readers.atlas import SPLITS, Atlas
from core.readers.atlas_facts import Said
from core.readers.colouring import colourings_of
from core.readers.point_tags import Tags
from core.recipe.modality import modality_named
from core.run.folder import RunFolder
from gui.atlas import saving as module
from gui.atlas.facts import MapFacts
from gui.atlas.ink import layers_of
from gui.atlas.picture import Frame, Layer, MapPicture
from gui.atlas.raster import blank, draw_dots, stamp_of
from gui.atlas.view import MapView
from gui.pages.results.map_tab import MapTab
from gui.theme import Motion, theme
from tests.helpers.worlds import World

_LONG_MS = 90_000


@pytest.fixture
def tab(qtbot: QtBot):
    made = MapTab()
    qtbot.addWidget(made)
    made.show_modality(modality_named("images"))
    made.resize(1000, 600)
    made.show()
    yield made
    made.shut_down()


def some_facts(folder: Path, kind: str = "images") -> MapFacts:
    """Nine points in three corners, three of them unlabeled, which go elsewhere later."""
    corner = np.repeat(np.array([[-1, -1], [1, -1], [0, 1]], np.float32), 3, axis=0)
    first = corner + np.tile(np.array([[0, 0], [0.05, 0], [0, 0.05]], np.float32), (3, 1))
    is_text = kind == "text"
    atlas = Atlas(
        kind=kind,
        encoders=("initial", "further"),
        places=np.stack([first, -first]),
        classes=("red", "blue"),
        names=[f"{number}.png" for number in range(9)],
        files=[str(folder / f"{number}.png") for number in range(9)],
        texts=[f"text {number}" for number in range(9)] if is_text else (),
        split=np.array([1, 1, 3, 1, 3, 3, 0, 0, 0], np.int8),
        label=np.array([0, 0, 0, 1, 1, 1, -1, -1, -1], np.int32),
        row=np.array([0, 1, 0, 2, 1, 2, -1, -1, -1]),
        likeness=np.zeros(9, np.int8),
        suggested=np.full(9, -1, np.int32),
    )
    return MapFacts(atlas, None, colourings_of(atlas))


def drag(qtbot: QtBot, view: MapView, *points: QPointF, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    first, *others = [point.toPoint() for point in points]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, keys, first)
    for point in others:
        qtbot.mouseMove(view, point)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, keys, others[-1])


@pytest.mark.usefixtures("warm")
@pytest.mark.slow
def test_that_a_map_is_laid_out_and_found_again(
    tab: MapTab,
    undisturbed: RunFolder,
    image_world: World,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    tab.show_classifier(undisturbed, ("base", 0))
    qtbot.waitUntil(lambda: not tab.is_busy, timeout=_LONG_MS)
    # Nothing is laid out that nobody asked for.
    assert tab.facts is None
    assert tab.start.isVisible()
    tab.start.click()
    assert tab.busy.isVisible()
    qtbot.waitUntil(lambda: tab.facts is not None and not tab.is_busy, timeout=_LONG_MS)
    assert tab.facts is not None
    assert not tab.busy.isVisible()
    assert tab.view.isVisible()
    titles = [tab.tools.by.itemText(at) for at in range(tab.tools.by.count())]
    assert titles == ["Class", "Split", "Prediction", "Right or wrong"]
    legend = [tab.legend.item(at).text() for at in range(tab.legend.count())]
    assert legend == ["blue  12", "green  12", "red  12", "unlabeled  24"]
    page = tmp_path / "saved"
    monkeypatch.setattr(module, "choose_new_file", lambda *_: page)
    monkeypatch.setattr(module.QDesktopServices, "openUrl", lambda _: True)
    with qtbot.waitSignal(tab.notice, timeout=_LONG_MS) as told:
        tab.tools.save.click()
    assert told.args == ["ok", f"The map is in {page}.html.", ""]
    assert "</html>" in page.with_suffix(".html").read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: not tab.is_busy)
    # Another classifier answers: the map stays, its answers are others.
    before = tab.facts
    tab.show_classifier(undisturbed, ("distilled", 0))
    qtbot.waitUntil(lambda: not tab.is_busy)
    assert tab.facts is not before
    assert tab.facts.atlas is before.atlas
    # Whoever opens the run again finds it.
    tab.forget()
    assert tab.facts is None
    tab.show_classifier(undisturbed, ("base", 0))
    qtbot.waitUntil(lambda: tab.facts is not None, timeout=_LONG_MS)


@pytest.mark.usefixtures("warm")
def test_that_laying_out_can_be_ended_and_failures_are_told(
    tab: MapTab, undisturbed: RunFolder, qtbot: QtBot, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    tab.show_classifier(undisturbed, None)
    tab.start.click()
    tab.busy.cancelled.emit()
    qtbot.waitUntil(lambda: not tab.is_busy, timeout=_LONG_MS)
    assert tab.start.isEnabled()
    assert not tab.busy.isVisible()
    gone = RunFolder(tmp_path / "gone")
    tab.show_classifier(gone, None)
    qtbot.waitUntil(lambda: not tab.is_busy, timeout=_LONG_MS)
    assert str(gone.path) in tab.invitation.accessibleName()


def test_that_points_that_are_drawn_around_are_shown(
    tab: MapTab, qtbot: QtBot, tmp_path: Path
) -> None:
    tab._show(some_facts(tmp_path))
    assert list(tab.gallery.rows) != list(range(9))
    assert set(tab.gallery.rows) == set(range(9))
    at = tab.view.position(0)
    around = [QPointF(-20, -40), QPointF(40, -40), QPointF(40, 20), QPointF(-20, 20)]
    drag(qtbot, tab.view, *(at + each for each in around), shift=True)
    assert set(tab.selected) == {0, 1, 2}
    assert tab.gallery.words.text() == "3 images selected"
    assert tab.gallery.wall.images.rowCount() == 3
    # And the other way: a picture marks its point.
    tab.gallery.wall.setCurrentIndex(tab.gallery.wall.images.index(1))
    assert tab.view._marked == tab.gallery.rows[1]
    # A click shows a point and those around it, a click beside all of them everything.
    qtbot.mouseClick(tab.view, Qt.MouseButton.LeftButton, pos=tab.view.position(4).toPoint())
    assert tab.gallery.rows[0] == 4
    assert set(tab.gallery.rows[:3]) == {3, 4, 5}
    assert tab.view._marked == 4
    qtbot.mouseClick(tab.view, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert len(tab.selected) == 0
    # With the tool, dragging draws; without it, it moves the map.
    tab.tools.area.click()
    drag(qtbot, tab.view, *(at + each for each in around))
    assert set(tab.selected) == {0, 1, 2}
    tab.tools.area.click()
    before = tab.view.position(0)
    tab.view.zoom_by(4)
    drag(qtbot, tab.view, QPointF(100, 100), QPointF(110, 105), QPointF(130, 110))
    assert set(tab.selected) == {0, 1, 2}
    assert tab.view.position(0) != before


def test_that_all_of_it_goes_by_keyboard(tab: MapTab, qtbot: QtBot, tmp_path: Path) -> None:
    tab._show(some_facts(tmp_path))
    view = tab.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom > 1
    for _ in range(60):
        qtbot.keyClick(view, Qt.Key.Key_Up)
    for _ in range(5):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert set(tab.selected) == {6, 7, 8}
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert len(tab.selected) == 0
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 1
    before = view.position(0)
    qtbot.keyClick(tab.scrubber.slider, Qt.Key.Key_End)
    assert tab.scrubber.slider.accessibleDescription() == "Further pre-trained"
    after = view.position(0)
    assert (after - before).manhattanLength() > 100
    qtbot.keyClick(tab.legend, Qt.Key.Key_Space)
    assert tab.legend.groups == {0}
    assert set(tab.gallery.rows) == {0, 1, 2}


def test_that_several_labels_are_coloured_one_at_a_time(tab: MapTab, tmp_path: Path) -> None:
    atlas = some_facts(tmp_path).atlas
    tags = Tags.of_lists([[0, 1], [1], [], [1], [0], [0, 1], [], [], []])
    atlas = replace(atlas, label=np.full(9, -1, np.int32), tags=tags)
    predicted = np.where(atlas.split == SPLITS.index("test"), 0, -1).astype(np.int32)
    said = Said(
        predicted, np.full(9, 0.9, np.float32), Tags.of_lists([*[[]] * 4, [0], [1], *[[]] * 3])
    )
    facts = MapFacts(atlas, said, [])
    assert facts.commonest == 1
    tab._show(facts.of_tag(facts.commonest))
    titles = [tab.tools.by.itemText(at) for at in range(tab.tools.by.count())]
    assert titles[:3] == ["Has the label", "The label is said", "Right or wrong about it"]
    assert tab.tools.tag.isVisible()
    assert tab.tools.tag.currentText() == "blue"

    def legend() -> list[str]:
        return [tab.legend.item(at).text() for at in range(tab.legend.count())]

    assert legend() == ["has it  4", "does not have it  2", "unlabeled  3"]
    tab.tools.by.setCurrentIndex(2)
    assert legend() == ["has it, said  1", "neither  2", "not asked about  6"]
    tab.tools.tag.setCurrentIndex(0)
    # What was chosen beside it stays so.
    assert tab.tools.by.currentText() == "Right or wrong about it"
    assert legend() == [
        "has it, said  1",
        "has it, not said  1",
        "neither  1",
        "not asked about  6",
    ]
    tab.tools.by.setCurrentIndex(titles.index("Number of labels"))
    assert not tab.tools.tag.isVisible()
    assert legend() == ["0  1", "1  3", "2  2", "unlabeled  3"]
    assert tab.facts is not None
    assert tab.facts.caption(5) == "red, blue, test\n→ blue"
    assert tab.facts.caption(2) == "none of them, test\n→ none of them"
    # Of one label there is nothing to choose.
    tab._show(some_facts(tmp_path))
    assert not tab.tools.tag.isVisible()


def test_that_the_slider_runs_by_itself_and_holds(
    tab: MapTab, qtbot: QtBot, tmp_path: Path
) -> None:
    theme().move(Motion.FULL)
    tab._show(some_facts(tmp_path))
    tab.scrubber.play.click()
    assert tab.scrubber.play.accessibleName() == "Hold"
    qtbot.waitUntil(lambda: tab.scrubber.at > 0.05)
    tab.scrubber.play.click()
    held = tab.scrubber.at
    assert 0 < held < 1
    assert tab.scrubber.play.accessibleName() == "Play"
    qtbot.keyClick(tab.scrubber.slider, Qt.Key.Key_Home)
    alone = some_facts(tmp_path)
    alone = replace(
        alone, atlas=replace(alone.atlas, encoders=("initial",), places=alone.atlas.places[:1])
    )
    tab._show(alone)
    assert not tab.scrubber.isVisible()


def test_that_texts_are_read_beside_their_points(tab: MapTab, qtbot: QtBot, tmp_path: Path) -> None:
    tab.show_modality(modality_named("text"))
    tab._show(some_facts(tmp_path, "text"))
    assert tab.gallery.list.isVisible()
    assert not tab.gallery.wall.isVisible()
    tab.select(np.array([8, 2]))
    assert tab.gallery.words.text() == "2 texts selected"
    shown = [tab.gallery.list.texts.item(at) for at in range(2)]
    assert [(each.text, each.caption) for each in shown] == [
        ("text 8", "unlabeled"),
        ("text 2", f"red, {SPLITS[3]}"),
    ]
    assert tab.view._marked == 8


def test_that_a_moved_image_is_the_one_that_is_drawn_anew() -> None:
    draw = np.random.default_rng(0)
    places = draw.normal(size=(3_000, 2)).astype(np.float32)
    rows = draw.permutation(3_000)
    inks = draw.integers(0, 1 << 24, 3_000).astype(np.uint32)
    layers = [Layer(rows, inks, 0), Layer(rows[:500], inks[500:1_000], 2, 1.5)]
    moved, fresh = MapPicture(), MapPicture()
    moved.show_places(places)
    moved.show_layers(layers)
    frame = Frame(300, 200, 80.0, 150, 100, 5.0)
    moved.image(frame)
    for _ in range(40):
        across, down = draw.integers(-60, 61, 2)
        frame = replace(frame, left=frame.left + int(across), top=frame.top + int(down))
        image = moved.image(frame)
        fresh.show_places(places)
        fresh.show_layers(layers)
        assert image == fresh.image(frame)


def test_that_an_image_is_its_layers_one_above_the_other() -> None:
    draw = np.random.default_rng(1)
    places = draw.uniform(-0.4, 0.4, (500, 2)).astype(np.float32)
    rows, inks = draw.permutation(500), draw.integers(0, 1 << 24, 500).astype(np.uint32)
    layers = [Layer(rows[:400], inks[:400], 1), Layer(rows[100:], inks[100:], 3, 1.4)]
    frame = Frame(120, 90, 100.0, 60, 45, 6.0)
    picture = MapPicture()
    picture.show_layers(layers)
    picture.show_places(places)
    expected = blank(120, 90)
    for layer in layers:
        x, y = (each[layer.rows] for each in picture.at(frame))
        draw_dots(expected, x, y, layer.colour, stamp_of(layer.shape, 6.0 * layer.grown))
    image = picture.image(frame)
    drawn = np.frombuffer(image.constBits(), np.uint32).reshape(90, 120)
    assert np.array_equal(drawn, expected)


def test_that_layers_cover_every_point_once(qtbot: QtBot, tmp_path: Path) -> None:
    facts = some_facts(tmp_path)
    order = np.arange(9)
    for chosen in (frozenset(), frozenset({1}), frozenset({-1, 0})):
        layers = layers_of(facts.colourings[0], chosen, order[:0], order)
        rows = np.concatenate([layer.rows for layer in layers])
        assert sorted(rows) == list(range(9))
    # What stands out lies above.
    assert set(layers_of(facts.colourings[0], frozenset({1}), order[:0], order)[-1].rows) == {
        3,
        4,
        5,
    }


def test_that_every_control_of_the_map_has_a_name(tab: MapTab, tmp_path: Path) -> None:
    tab._show(some_facts(tmp_path))
    controls = [
        each
        for each in tab.findChildren(QWidget)
        if each.isVisible()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(each, QScrollBar)
    ]
    assert len(controls) >= 8
    for each in controls:
        spoken = QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name)
        assert spoken.strip(), each
