"""How a text becomes one vector: by the model's files, else by a guess that is told."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.errors import RunError
from core.text.model.check import check_masked_lm
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel
from core.text.model.pooling import pooled
from core.text.model.store import load_masked_lm, open_masked_lm, save_masked_lm
from tests.helpers.text_worlds import save_tiny_masked_lm

BATCH = {
    "input_ids": torch.tensor([[2, 10, 11, 3], [2, 12, 3, 0]]),
    "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]),
}


def load(folder: Path, pooling: str = "auto") -> MaskedLanguageModel:
    return load_masked_lm(
        str(folder), max_length=32, whole_words=False, pooling=pooling, offline=True
    ).eval()


def says(folder: Path, modes: dict[str, object]) -> None:
    """As sentence-transformers writes it."""
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (folder / "1_Pooling").mkdir()
    values = {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, **modes}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_tiny_masked_lm(tmp_path / "model")


def test_that_padding_has_no_say_in_any_pooling() -> None:
    hidden = torch.tensor([[[1.0, -4.0], [3.0, -2.0], [99.0, 99.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert pooled(hidden, mask, "first").tolist() == [[1.0, -4.0]]
    assert pooled(hidden, mask, "mean").tolist() == [[2.0, -3.0]]
    assert pooled(hidden, mask, "max").tolist() == [[3.0, -2.0]]


@pytest.mark.parametrize(
    ("modes", "pooling"),
    [
        ({"pooling_mode_mean_tokens": True}, "mean"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "first"),
        ({"pooling_mode_max_tokens": True}, "max"),
        ({"pooling_mode": "cls"}, "first"),
    ],
)
def test_that_a_sentence_encoder_is_read_as_its_files_say(
    folder: Path, modes: dict[str, object], pooling: str
) -> None:
    says(folder, modes)
    model = load(folder)
    assert (model.description.pooling, model.family) == (pooling, "sentence")
    assert "1_Pooling/config.json of the model says so" in model.description.reading


@pytest.mark.parametrize(
    "modes", [{"pooling_mode_lasttoken": True}, {"pooling_mode": "weightedmean"}, {}]
)
def test_that_a_pooling_that_is_not_offered_is_refused_unless_one_is_asked_for(
    folder: Path, modes: dict[str, object]
) -> None:
    says(folder, modes)
    with pytest.raises(RunError) as caught:
        load(folder)
    assert caught.value.id == "model-pooling-unknown"
    assert "model.pooling" in caught.value.action
    assert load(folder, "max").description.pooling == "max"


def test_that_a_pooling_elsewhere_is_not_looked_for(folder: Path) -> None:
    says(folder, {"pooling_mode_max_tokens": True})
    values = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    values[1]["path"] = "../model/1_Pooling"
    (folder / "modules.json").write_text(json.dumps(values), encoding="utf-8")
    assert load(folder).description.pooling == "first"


def test_that_an_encoder_without_a_head_is_read_by_its_mean(folder: Path) -> None:
    state = load_file(folder / "model.safetensors")
    bare = {key: value for key, value in state.items() if not key.startswith("cls.")}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    model = load(folder)
    hidden = model.encoder(**BATCH).last_hidden_state
    expected = torch.stack([hidden[0].mean(0), hidden[1, :3].mean(0)])
    torch.testing.assert_close(model.represent(BATCH), expected)
    assert model.family == "sentence"
    assert "the mean of all tokens" in check_masked_lm(str(folder), offline=True)["notes"][1]


@pytest.mark.parametrize(
    ("architecture", "pooling"), [("bert", "first"), ("roberta", "head"), ("modernbert", "head")]
)
def test_that_no_untrained_pooler_is_put_on_a_masked_language_model(
    architecture: str, pooling: str, tmp_path: Path
) -> None:
    model = load(save_tiny_masked_lm(tmp_path / "model", architecture))
    assert (model.description.pooling, model.family) == (pooling, "masked-language")


def test_that_the_classifier_reads_what_is_probed(folder: Path) -> None:
    for pooling in ("first", "mean", "max"):
        model = load(folder, pooling)
        classifier = model.build_classifier(3, dropout=0.0).eval()
        read: list[torch.Tensor] = []
        classifier.output_layer.register_forward_pre_hook(
            lambda _, given, read=read: read.append(given[0])
        )
        classifier(BATCH)
        torch.testing.assert_close(read[0], model.represent(BATCH))


def test_that_a_classifier_of_pooled_texts_drops_what_the_model_did(folder: Path) -> None:
    classifier = load(folder, "mean").build_classifier(3, dropout=None)
    dropouts = [part for part in classifier.whole.modules() if type(part).__name__ == "RowDropout"]
    assert {part.p for part in dropouts} == {0.1}
    # Embeddings, two per layer, and before the output.
    assert len(dropouts) == 6


def test_that_what_a_released_version_described_is_read_as_it_was(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    save_masked_lm(tmp_path / "own", load(folder, "mean"))
    assert open_masked_lm(tmp_path / "own").description.pooling == "mean"
    values = json.loads((tmp_path / "own" / "model.json").read_text(encoding="utf-8"))
    for key in ("pooling", "pooling_why", "family"):
        del values[key]
    old = TextDescription.from_dict({**values, "format": 1})
    assert (old.pooling, old.family) == ("head", "masked-language")
    head = MaskedLanguageModel(old).build_classifier(3, dropout=0.0).head
    assert {"bert", "pooler", "classifier"} & set(dict(head.named_children())) == {
        "pooler",
        "classifier",
    }


def test_that_a_new_run_reads_the_first_token_of_the_bundled_starter() -> None:
    model = load_masked_lm("starter-text", max_length=64, whole_words=False, offline=True)
    assert model.description.pooling == "first"
