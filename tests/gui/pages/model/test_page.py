"""The model page shows what there is, checks what is named, and downloads what is chosen."""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import timm
from huggingface_hub import constants
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from core.planning.fit import Room
from gui.pages.model.card import ModelCard
from gui.pages.model.download import DownloadState
from gui.pages.model.inspector import Seen
from gui.pages.model.page import ModelPage
from gui.pages.model.pictogram import Pictogram
from gui.pages.page import Step
from gui.running.measuring import _what_counts
from gui.state.findings import Findings
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.elided import Elided
from gui.widgets.sign import Sign
from tests.core.hub.small_hub import SmallHub
from tests.core.planning.test_pace import MEASURED as MEASUREMENT
from tests.helpers.warm import own_warm
from tests.helpers.worlds import save_tiny_model

BASE = "facebook/vit-mae-base"
WEIGHTS = bytes(range(256)) * 30_000
SECONDS = 60_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Port and cache of every test's hub: the same, because helpers have read them already."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    cache = tmp_path_factory.mktemp("hub") / "cache"
    environment = {"HF_HUB_CACHE": str(cache), "HF_ENDPOINT": f"http://127.0.0.1:{port}"}
    with own_warm(environment, "core.images.model.sources", "core.text.model.check"):
        yield port, cache


@pytest.fixture
def hub_cache(place: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for the helpers and for this process."""
    shutil.rmtree(place[1], ignore_errors=True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(place[1]))
    return place[1]


@pytest.fixture
def hub(place: tuple[int, Path], hub_cache: Path) -> Iterator[SmallHub]:
    """A hub for the helpers."""
    with SmallHub(place[0]) as found:
        found.add(BASE, "config.json", json.dumps({"model_type": "vit_mae"}).encode())
        found.add(BASE, "model.safetensors", WEIGHTS)
        yield found
        found.go.set()


@pytest.fixture
def page(session: Session, hub: SmallHub, qtbot: QtBot):
    made = ModelPage(session, RunWatcher())
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: made._has_looked, timeout=SECONDS)
    yield made
    made.shut_down()


def group_of(page: ModelPage, card: ModelCard) -> str:
    return next(name for name, grid in page.groups.items() if grid is card.parentWidget())


def test_that_models_stand_where_they_are(page: ModelPage) -> None:
    assert group_of(page, page.cards["starter"]) == "Recommended"
    assert group_of(page, page.cards[BASE]) == "To download"
    assert page.cards[BASE].get.text() == "Download 448\N{NO-BREAK SPACE}MB"
    assert page.primary().is_enabled


def test_that_what_is_proposed_counts_as_chosen_once_the_user_goes_on_or_takes_it(
    page: ModelPage, session: Session
) -> None:
    assert page.step() is Step.OPEN
    page.on_primary()
    assert page.step() is Step.DONE
    session.begin()
    assert page.step() is Step.OPEN
    page.cards["starter"].click()
    assert page.step() is Step.DONE


def test_that_choosing_can_be_undone(page: ModelPage, session: Session, qtbot: QtBot) -> None:
    card = page.cards[BASE]
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert session.draft.model.name == BASE
    assert card.isChecked()
    assert page.step() is Step.ATTENTION
    assert "downloaded when the run starts" in page.primary().hint
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert card.isChecked()
    session.undo.undo()
    assert session.draft.model.name == "starter"
    assert not card.isChecked()
    assert page.cards["starter"].isChecked()


def test_that_memory_is_looked_at_on_the_device_that_auto_chooses(
    page: ModelPage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(page.looking, "look", lambda device, images: looked.append(device))
    assert session.draft.runtime.device == "auto"
    session.chosen_device = "cuda:1"
    session.devices = (("cuda:1", "A100"),)
    session.change("the device", runtime={"device": "cpu"})
    session.devices = session.devices
    assert looked == ["cuda:1", "cpu"]


def test_that_offline_a_model_that_is_not_here_is_no_way_on(
    page: ModelPage, session: Session
) -> None:
    page.cards[BASE].click()
    page.advanced.offline.click()
    assert session.draft.runtime.offline
    assert not page.primary().is_enabled
    assert "switched off" in page.primary().hint


@pytest.mark.parametrize(
    ("free", "words"), [(1e12, "Fits: about"), (8e9, "small portions"), (1e9, "Does not fit")]
)
def test_that_memory_is_told_in_words(page: ModelPage, free: float, words: str) -> None:
    page.looking.seen.emit(Seen(frozenset({"starter"}), room=Room(free, "main memory")))
    assert words in page.cards[BASE].fit.text()
    assert words in page.cards[BASE].accessibleDescription()


def test_that_a_download_ends_on_this_disk(page: ModelPage, qtbot: QtBot) -> None:
    card = page.cards[BASE]
    told: list[str] = []
    page.notice.connect(lambda tone, what, action: told.append(what))
    card.click()
    card.get.click()
    assert page.step() is Step.BUSY
    qtbot.waitUntil(lambda: card.is_on_disk, timeout=SECONDS)
    assert group_of(page, card) == "On this disk"
    assert told == ["MAE base is on this disk now."]
    qtbot.waitUntil(lambda: page.step() is Step.DONE, timeout=SECONDS)


@pytest.mark.slow
def test_that_a_paused_download_goes_on_where_it_was(
    page: ModelPage, hub: SmallHub, qtbot: QtBot
) -> None:
    card = page.cards[BASE]
    hub.go.clear()
    card.get.click()
    qtbot.waitUntil(lambda: card.download.done > 0, timeout=SECONDS)
    assert re.match(r"\d.* of 7\.7\sMB", card.state.text())
    card.pause.click()
    qtbot.waitUntil(lambda: not card.download.is_busy, timeout=SECONDS)
    assert card.state.text().startswith("Paused: ")
    hub.go.set()
    assert card.get.text() == "Resume"
    card.get.click()
    qtbot.waitUntil(lambda: card.is_on_disk, timeout=SECONDS)
    assert hub.ranges
    assert min(hub.ranges) > 1_000_000


@pytest.mark.slow
def test_that_a_cancelled_download_leaves_nothing(
    page: ModelPage, hub: SmallHub, qtbot: QtBot, hub_cache: Path
) -> None:
    card = page.cards[BASE]
    hub.go.clear()
    card.get.click()
    qtbot.waitUntil(lambda: card.download.done > 0, timeout=SECONDS)
    assert list(hub_cache.glob("*/blobs/*.part"))
    card.cancel.click()
    qtbot.waitUntil(lambda: not card.download.is_busy, timeout=SECONDS)
    assert not list(hub_cache.glob("*/blobs/*.part"))
    assert card.get.text() == "Download 448\N{NO-BREAK SPACE}MB"


def test_that_a_wrong_checksum_is_said_and_can_be_tried_again(
    page: ModelPage, hub: SmallHub, qtbot: QtBot
) -> None:
    card = page.cards[BASE]
    hub.corrupt = True
    card.get.click()
    qtbot.waitUntil(lambda: card.download.state is DownloadState.FAILED, timeout=SECONDS)
    assert "checksum" in card.state.text()
    assert card.get.text() == "Try again"
    qtbot.waitUntil(card.get.isEnabled, timeout=SECONDS)
    hub.corrupt = False
    card.get.click()
    qtbot.waitUntil(lambda: card.is_on_disk, timeout=SECONDS)


def test_that_a_gated_model_says_what_to_do(page: ModelPage, hub: SmallHub, qtbot: QtBot) -> None:
    hub.gated.add(BASE)
    card = page.cards[BASE]
    card.get.click()
    qtbot.waitUntil(lambda: card.download.state is DownloadState.FAILED, timeout=SECONDS)
    assert "accept its terms" in card.state.text()


def test_that_a_local_folder_is_checked_and_chosen(
    page: ModelPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    save_tiny_model(tmp_path / "mine")
    page.custom.field.setText(str(tmp_path / "mine"))
    with qtbot.waitSignal(page.custom.checked, timeout=SECONDS):
        qtbot.keyClick(page.custom.field, Qt.Key.Key_Return)
    assert session.draft.model.name == str(tmp_path / "mine")
    card = page.cards[session.draft.model.name]
    assert group_of(page, card) == "On this disk"
    assert card.facts.shape.input_size == 32
    assert page.step() is Step.DONE
    session.change("Input size", model={"image_size": 33})
    assert page.step() is Step.ATTENTION
    assert "patches of 8" in page.primary().hint
    assert page.advanced.problem.isVisible()


def test_that_a_folder_of_any_name_is_told_by_what_is_in_it(
    page: ModelPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    shrunk = {"img_size": 28, "patch_size": 14, "embed_dim": 32, "depth": 2, "num_heads": 2}
    model = timm.create_model("vit_small_patch14_dinov2", num_classes=0, **shrunk)
    (tmp_path / "mine").mkdir()
    save_file(model.state_dict(), tmp_path / "mine" / "model.safetensors")
    config = {"architecture": "vit_small_patch14_dinov2", "model_args": shrunk}
    (tmp_path / "mine" / "config.json").write_text(json.dumps(config))
    session.change("the paper's objective", pretrain={"objective": "masked"})
    page.custom.field.setText(str(tmp_path / "mine"))
    with qtbot.waitSignal(page.custom.checked, timeout=SECONDS):
        qtbot.keyClick(page.custom.field, Qt.Key.Key_Return)
    assert session.family == "dino"
    assert "to see views of an image as the same" in page.objective.words.text()
    assert page.objective.use_auto.isVisible()


def test_that_a_name_from_the_hub_tells_its_size_before_a_download(
    page: ModelPage, hub: SmallHub, qtbot: QtBot
) -> None:
    config = {"model_type": "vit_mae", "hidden_size": 64, "num_hidden_layers": 2}
    config |= {"num_attention_heads": 4, "intermediate_size": 128, "image_size": 32}
    config |= {"patch_size": 8}
    hub.add("someone/small", "config.json", json.dumps(config).encode())
    hub.add("someone/small", "model.safetensors", WEIGHTS)
    # As it is copied from a browser.
    page.custom.field.setText("https://huggingface.co/someone/small/tree/main")
    with qtbot.waitSignal(page.custom.checked, timeout=SECONDS):
        page.custom.check_button.click()
    assert page.custom.field.text() in {"", "someone/small"}
    card = page.cards["someone/small"]
    assert card.isChecked()
    assert card.get.text() == "Download 7.7\N{NO-BREAK SPACE}MB"
    assert page.step() is Step.ATTENTION


def test_that_a_wrong_name_is_refused_with_close_ones(
    page: ModelPage, session: Session, qtbot: QtBot
) -> None:
    page.custom.field.setText("vit_smal_patch16_224")
    with qtbot.waitSignal(page.custom.refused, timeout=SECONDS):
        page.custom.check_button.click()
    assert "vit_small_patch16_224" in page.custom.words.text()
    assert session.draft.model.name == "starter"


def test_that_a_recipe_with_an_unusable_model_needs_attention(
    page: ModelPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(page.custom.refused, timeout=SECONDS):
        session.change("Model", model={"name": str(tmp_path / "gone.safetensors")})
    assert page.step() is Step.ATTENTION
    assert not page.primary().is_enabled
    assert "gone.safetensors" in page.primary().hint


def cut(card: ModelCard) -> list[str]:
    """What of a card is lower than its content, or outside of the card."""
    found = []
    for part in card.findChildren(QWidget):
        if not part.isVisible() or isinstance(part, Pictogram | Sign):
            continue
        wanted = part.minimumSizeHint().height()
        if isinstance(part, QLabel) and part.wordWrap():
            wanted = part.heightForWidth(part.width())
        inside = card.rect().contains(QRect(part.mapTo(card, QPoint(0, 0)), part.size()))
        if part.height() < wanted or not inside:
            found.append(f"{type(part).__name__} {part.accessibleName()}: {part.geometry()}")
    return found


@pytest.mark.parametrize("width", [640, 1126, 1800])
def test_that_a_download_never_breaks_its_card(page: ModelPage, qtbot: QtBot, width: int) -> None:
    """At 1,280 pixels the page has 1,126; an error may be long."""
    page.resize(width, 600)
    card = page.cards[BASE]
    download = card.download
    for state in (DownloadState.AT_WORK, DownloadState.PAUSED, DownloadState.FAILED):
        download.state, download.done, download.total = state, 10_000_000, 448_000_000
        download.error = 4 * "The hub can't be reached: name or service not known. Try it again. "
        download.changed.emit()
        qtbot.waitUntil(lambda: not cut(card), timeout=5_000)
        assert card.get.isVisible() or card.pause.isVisible()


@pytest.mark.parametrize("free", [64e9, 6e9, 1e9])
def test_that_no_word_on_a_card_is_cut_however_narrow(
    page: ModelPage, qtbot: QtBot, free: float
) -> None:
    page.resize(700, 600)
    room = Room(free, "NVIDIA GeForce RTX 3050 Laptop GPU of this machine")
    page.looking.seen.emit(Seen(frozenset({"starter"}), room=room))
    # What is elided says the rest in a tool tip alone.
    assert not isinstance(page.cards[BASE].fit, Elided)
    qtbot.waitUntil(lambda: not cut(page.cards[BASE]), timeout=5_000)


def test_that_words_search_the_list_and_recommendations_stay(
    page: ModelPage, session: Session
) -> None:
    page.looking.seen.emit(Seen(frozenset({"starter"}), room=Room(64e9, "main memory")))
    first = page.groups["Recommended"].findChildren(ModelCard)
    assert {card.facts.name for card in first} >= {"starter", "vit_base_patch14_dinov2.lvd142m"}
    assert all(
        card.why.isVisible() and card.cost.text() for card in first if "base" not in card.facts.name
    )
    page.custom.field.setText("clip openai")
    shown = [card.facts.title for card in page.cards.values() if card.isVisible()]
    assert set(shown) == {"CLIP base", *(card.facts.title for card in first)}
    page.custom.field.setText("nothing like that")
    assert page.nothing.isVisible()
    page.custom.field.clear()
    assert not page.nothing.isVisible()
    assert page.cards["deit3_small_patch16_224.fb_in1k"].isVisible()


def test_that_choosing_a_model_takes_the_size_that_the_images_call_for(
    page: ModelPage, session: Session
) -> None:
    dino = "vit_small_patch14_dinov2.lvd142m"
    page.looking.seen.emit(
        Seen(frozenset({"starter"}), room=Room(64e9, "main memory"), image_side=128)
    )
    assert "at 126 px" in page.cards[dino].time.text()
    page.cards[dino].click()
    assert (session.draft.model.name, session.draft.model.image_size) == (dino, 126)
    page.cards[BASE].click()
    assert session.draft.model.image_size == 128
    page.cards["starter"].click()
    assert session.draft.model.image_size is None
    session.undo.undo()
    assert (session.draft.model.name, session.draft.model.image_size) == (BASE, 128)


def some_findings() -> Findings:
    """What a scan of some images would have found, as far as times depend on it."""
    none = np.empty(0, np.int64)
    counts = {"num_pretraining": 1_000, "num_pretraining_with_test": 1_100, "num_labeled": 300}
    summary = {"kind": "images", "classes": [], "roots": [], "guesses": [], "text_lengths": []}
    return Findings(
        {**summary, **counts}, none.astype(np.uint8), none, none, none, none, none, none
    )


def test_that_times_are_scaled_from_what_was_measured(page: ModelPage, session: Session) -> None:
    assert page.cards["starter"].time.text() == "Time: not known yet"
    session.measurements[_what_counts(session.draft)] = MEASUREMENT
    session.findings = some_findings()
    assert page.cards["starter"].time.text() == "About 30 min here (an estimate)"
    assert re.fullmatch(r"About .* (h|days) here \(an estimate\)", page.cards[BASE].time.text())
    assert "measured here with Starter" in page._head._words.text()
    # What was measured still tells something while the chosen one is not.
    page.cards[BASE].click()
    assert "an estimate" in page.cards[BASE].time.text()
    assert page.pace_line.isHidden()


def test_that_all_controls_have_names(page: ModelPage) -> None:
    card = page.cards[BASE]
    for widget in (card, card.get, card.pause, card.cancel, card.bar, page.custom.field):
        assert widget.accessibleName()
    for spin in page.advanced.spins.values():
        assert spin.accessibleName()
        assert spin.toolTip()


def test_that_a_missing_time_says_why_and_can_be_measured(
    page: ModelPage, session: Session, qtbot: QtBot
) -> None:
    line = page.pace_line
    assert line.words.text() == "Choose data first."
    assert not line.measure.isVisible()
    session.findings = some_findings()
    # It is being found out, and may be done without.
    qtbot.waitUntil(line.busy.isVisible, timeout=SECONDS)
    assert page.cards["starter"].time.text() == "Time: being measured …"
    page.pace.stop()
    qtbot.waitUntil(line.measure.isVisible, timeout=SECONDS)
    assert page.cards["starter"].time.text() == "Time: not known yet"
    assert line.words.text().startswith("How long the plan takes")
    qtbot.mouseClick(line.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(line.busy.isVisible, timeout=SECONDS)
    page.pace._measuring.failed.emit("Memory ran out.", "Close other programs.")
    page.pace.stop()
    qtbot.waitUntil(line.measure.isVisible, timeout=SECONDS)
    assert line.words.text() == "Memory ran out. Close other programs."
