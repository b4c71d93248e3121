"""A card says which model lies in its folder, whatever is chosen now."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.export.target import PARITY
from core.modalities import formats_of
from core.recipe.modality import AUTO, modality_named
from gui.pages.export.card import FormatCard
from gui.pages.export.outcome import exported_in


@pytest.fixture
def card(qtbot: QtBot) -> FormatCard:
    shown = next(each for each in formats_of(modality_named(AUTO)) if each.needs_classifier)
    made = FormatCard(shown)
    qtbot.addWidget(made)
    return made


def exported(folder: Path, arm: str) -> Path:
    parity = {"arm": arm, "num_examples": 12, "noun": "image", "max_abs_difference": 1e-6}
    (folder / PARITY).write_text(json.dumps({**parity, "top1_agreement": 1.0}), encoding="utf-8")
    return folder


def test_that_another_model_than_the_chosen_one_is_no_success(
    card: FormatCard, tmp_path: Path
) -> None:
    found = exported_in(exported(tmp_path, "distilled"))
    card.show_outcome(found, chosen="distilled")
    assert card.outcome.text().startswith("Self-distilled. Checked on 12 images")
    assert card.outcome.property("role") == "ok"
    assert card.export.text() == "Export again"
    card.show_outcome(found, chosen="base")
    assert card.outcome.text().startswith("In its folder is another model: Self-distilled.")
    assert "replace it with Fine-tuning alone" in card.outcome.text()
    assert card.outcome.property("role") == "warn"
    assert card.export.text() == "Export"
    card.show_outcome(found, "There was no room.", chosen="base")
    assert (card.outcome.text(), card.outcome.property("role")) == ("There was no room.", "bad")
