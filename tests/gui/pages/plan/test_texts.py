"""Models, settings and words of a run on texts."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.planning.shapes import DataSizes
from core.recipe.command import as_command
from core.recipe.modality import modalities, modality_named
from gui.pages.model.page import ModelPage
from gui.pages.plan.setting_form import SettingForm
from gui.pages.plan.settings import all_settings
from gui.state.session import Session
from gui.state.watcher import RunWatcher

pytestmark = pytest.mark.usefixtures("warm")

WAIT_MS = 150_000


@pytest.mark.parametrize("name", modalities())
def test_that_every_help_text_speaks_of_its_own_examples(name: str) -> None:
    modality = modality_named(name)
    for setting in all_settings(modality):
        assert "{" not in setting.help, setting.name
        for other in modalities().values():
            assert other is modality or f" {other.examples} " not in setting.help, setting.name


def test_that_only_settings_of_texts_are_offered_with_their_defaults(
    session: Session, qtbot: QtBot
) -> None:
    session.take_data("Texts", modality_named("text"), labeled="/x")
    form = SettingForm(session)
    qtbot.addWidget(form)
    assert {"model.max_length", "model.whole_word_masking"} <= set(form.rows)
    hidden = {"model.image_size", "model.decoder_depth", "pretrain.flips", "distill.crop_scale"}
    assert not hidden & set(form.rows)
    ratio = form.rows["pretrain.mask_ratio"]
    assert not ratio.reset.isEnabled()
    assert "mage" not in ratio.setting.help
    assert form.rows["pretrain.batch_size"].setting.help.startswith("Texts per step")
    command = as_command(session.draft)
    assert command[command.index("--model") + 1] == "starter-text"
    session.use_preset("paper")
    assert (session.modality.name, session.draft.pretrain.steps) == ("text", 20_000)
    assert session.draft.data.labeled == "/x"


def test_that_models_of_the_kind_are_shown_and_an_own_one_is_checked(
    session: Session, texts: Path, qtbot: QtBot
) -> None:
    page = ModelPage(session, RunWatcher())
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    session.take_data("Texts", modality_named("text"), labeled=str(texts / "labeled"))
    shown = [card.facts.name for card in page.cards.values() if card.isVisible()]
    assert shown[0] == "starter-text"
    assert "roberta-base" in shown
    assert not {"starter", "facebook/vit-mae-base"} & set(shown)
    with qtbot.waitSignal(page.custom.checked, timeout=WAIT_MS):
        page.custom.check(str(texts / "model"))
    assert session.draft.model.name == str(texts / "model")
    card = page.cards[str(texts / "model")]
    assert card.isVisible()
    assert "up to 64 tokens" in card.facts.numbers()
    words = card.facts.shape.sizes_in_words(
        session.draft, DataSizes(lengths=[100] * 91 + [900] * 10)
    )
    assert "about 10 % of your labeled texts are longer" in words
    page.shut_down()
