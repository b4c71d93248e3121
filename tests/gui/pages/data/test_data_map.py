"""The map of the data before any run: laid out by a real process, joined to the examples."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.data.findings import write_findings
from core.data.manifest import Manifest
from core.data.modality import ScanRequest
from core.modalities import data_of
from core.readers.atlas import Atlas
from core.recipe import AUTO, DataRecipe, modality_named
from gui.atlas.facts import facts_of
from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.pages.data.tabs import FoundTabs
from gui.state.findings import Findings
from gui.state.session import Session
from tests.helpers.numbers import write_shades
from tests.helpers.worlds import World, draw_pictures

WAIT_MS = 120_000
_EXAMPLES, _MAP = 1, 6


def atlas_of(manifest: Manifest) -> Atlas:
    """The labeled examples of a manifest in a row, as a helper would hand them over."""
    listed, count = manifest.labeled, len(manifest.labeled)
    label = np.array([manifest.classes.index(each.label or "") for each in listed], np.int32)
    places = np.column_stack([np.linspace(-1, 1, count), label]).astype(np.float32)
    return Atlas(
        kind=manifest.kind,
        encoders=("initial",),
        places=places[None],
        classes=manifest.classes,
        names=[each.path for each in listed],
        files=[str(manifest.absolute(each)) for each in listed],
        texts=(),
        split=np.ones(count, np.int8),
        label=label,
        row=np.arange(count),
        likeness=np.zeros(count, np.int8),
        suggested=np.full(count, -1, np.int32),
    )


@pytest.fixture
def scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    for number, label in enumerate(("blue", "red")):
        draw_pictures(tmp_path / "labeled" / label, 4, seed=number, label=label)
    data = DataRecipe(test_fraction=0.0)
    request = ScanRequest(unlabeled=[], labeled=tmp_path / "labeled", data=data, seed=0, workers=0)
    return data_of(modality_named(AUTO)).scan(request)


def invited(tabs: FoundTabs) -> str:
    return " ".join(each.text() for each in tabs.map.invitation.findChildren(QLabel))


def test_that_doubts_are_promised_only_where_labels_are_classes(
    tabs: FoundTabs, session: Session, tmp_path: Path
) -> None:
    assert "Labels to doubt" in invited(tabs)
    shades = write_shades(tmp_path / "shades", 12)
    asked = DataRecipe(task="regression", test_fraction=0.0)
    request = ScanRequest(unlabeled=[], labeled=shades, data=asked, seed=0, workers=0)
    write_findings(data_of(modality_named(AUTO)).scan(request), tmp_path / "numbers")
    session.change("Data", data={"labeled": str(shades), "task": "regression"})
    tabs.show_findings(Findings.read(tmp_path / "numbers"))
    assert tabs.isTabVisible(_MAP)
    assert "Labels to doubt" not in invited(tabs)


@pytest.fixture
def tabs(session: Session, scanned: Manifest, tmp_path: Path, qtbot: QtBot):
    made = FoundTabs(session)
    qtbot.addWidget(made)
    write_findings(scanned, tmp_path / "found")
    session.change("Data", data={"labeled": str(tmp_path / "labeled")})
    made.show_findings(Findings.read(tmp_path / "found"))
    made.resize(1000, 700)
    made.show()
    yield made
    made.shut_down()


def test_that_map_and_examples_show_each_others_choice(tabs: FoundTabs, scanned: Manifest) -> None:
    the_map, examples = tabs.map, tabs.examples
    the_map._show(facts_of(atlas_of(scanned)))
    assert tabs.isTabVisible(_MAP)
    tabs.setCurrentIndex(_MAP)
    the_map.select(np.array([1, 6]))
    the_map.to_gallery.click()
    assert tabs.currentIndex() == _EXAMPLES
    assert examples.drawn.text() == "2 images that are chosen on the map."
    shown = [examples.wall.images.path(row) for row in range(examples.wall.images.rowCount())]
    chosen = {scanned.absolute(scanned.labeled[row]) for row in (1, 6)}
    assert set(shown) == chosen
    # Filters narrow it further.
    examples.filters.which.setCurrentText("red")
    examples._show()
    assert examples.wall.images.rowCount() == 1
    examples.filters.which.setCurrentIndex(0)
    examples.all_again.click()
    assert examples.wall.images.rowCount() == 8
    assert not examples.drawn.isVisible()
    model = examples.wall.selectionModel()
    model.select(examples.wall.images.index(0), QItemSelectionModel.SelectionFlag.Select)
    (selected,) = examples.wall.selected
    examples.see.click()
    assert tabs.currentIndex() == _MAP
    assert [Path(the_map.facts.atlas.files[row]) for row in the_map.selected] == [selected]


def test_that_another_model_wants_another_map(
    tabs: FoundTabs, scanned: Manifest, session: Session
) -> None:
    the_map = tabs.map
    assert "starter finds alike" in the_map.invitation.accessibleName()
    the_map._show(facts_of(atlas_of(scanned)))
    session.change("Steps", pretrain={"steps": 7})
    assert the_map.facts is not None
    session.change("Model", model={"name": "/some/where/{else}"})
    assert the_map.facts is None
    assert "else finds alike" in the_map.invitation.accessibleName()
    assert the_map.about() is not None
    # Data that were not read yet are none to ask about.
    session.change("Data", data={"val_fraction": 0.5})
    assert the_map.about() is None


@pytest.mark.slow
def test_that_data_are_laid_out_before_any_run(
    window: MainWindow,
    warm: None,
    world: World,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    page = window.page("data")
    assert isinstance(page, DataPage)
    session = window.session
    page.add([world.unlabeled], False)
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    page.add([world.labeled], True)
    qtbot.waitUntil(lambda: session.draft.data.labeled is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    session.change("Model", model={"name": str(world.model)})
    the_map = page.tabs.map
    page.tabs.setCurrentWidget(the_map)
    qtbot.waitUntil(lambda: not the_map.is_busy, timeout=WAIT_MS)
    # Nothing is laid out that nobody asked for.
    assert the_map.facts is None
    the_map.start.click()
    qtbot.waitUntil(lambda: the_map.facts is not None and not the_map.is_busy, timeout=WAIT_MS)
    legend = [the_map.legend.item(at).text() for at in range(the_map.legend.count())]
    assert legend == ["blue  12", "green  12", "red  12", "unlabeled  24"]
    assert not the_map.scrubber.isVisible()
    # Whoever comes again finds it.
    session.change("Model", model={"name": "starter"})
    assert the_map.facts is None
    session.undo.undo()
    qtbot.waitUntil(lambda: the_map.facts is not None, timeout=WAIT_MS)
