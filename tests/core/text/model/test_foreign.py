"""Models of text from elsewhere: what they may not ask for, and what they came without."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.errors import RunError
from core.text.model.check import check_masked_lm
from core.text.model.masked_lm import MaskedLanguageModel
from core.text.model.store import load_masked_lm, save_masked_lm
from tests.helpers.text_worlds import save_tiny_masked_lm


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_tiny_masked_lm(tmp_path / "model")


def load(folder: Path, seed: int = 0) -> MaskedLanguageModel:
    return load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True, seed=seed)


def edit(file: Path, **changes: object) -> None:
    values = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**values, **changes}), encoding="utf-8")


def refused(folder: Path) -> RunError:
    with pytest.raises(RunError) as error:
        load(folder)
    return error.value


def test_that_code_and_kernels_and_addresses_of_a_config_are_never_used(
    folder: Path, tmp_path: Path
) -> None:
    plain = load(folder)
    trap = tmp_path / "trap"
    (folder / "evil.py").write_text(f"open({str(trap)!r}, 'w').write('x')\n", encoding="utf-8")
    edit(
        folder / "config.json",
        auto_map={"AutoConfig": "evil.Config", "AutoModelForMaskedLM": "evil/x--evil.Model"},
        attn_implementation="evil/kernels",
        _attn_implementation="evil/kernels",
        quantization_config={"quant_method": "evil"},
        _name_or_path="evil/x",
    )
    edit(
        folder / "tokenizer_config.json",
        auto_map={"AutoTokenizer": ["evil.Tokenizer", None]},
        tokenizer_file="/etc/passwd",
        vocab_file="/etc/passwd",
        name_or_path="evil/x",
    )
    again = load(folder)
    assert not trap.exists()
    assert again.description.tokenizer == plain.description.tokenizer
    for key, value in plain.whole.state_dict().items():
        assert torch.equal(again.whole.state_dict()[key], value)
    assert "evil" not in json.dumps(again.description.to_dict())


@pytest.mark.parametrize("changes", [{"hidden_act": "evil/x"}, {"architectures": ["../x"]}])
def test_that_an_address_as_a_known_setting_is_refused(folder: Path, changes: dict) -> None:
    edit(folder / "config.json", **changes)
    error = refused(folder)
    assert error.id == "model-foreign-setting"
    assert next(iter(changes)) in error.what


@pytest.mark.parametrize("kind", ["evil_bert", "hf-hub:evil/x", "gpt2", None, ["bert"]])
def test_that_a_type_that_is_no_masked_language_model_is_refused(
    folder: Path, kind: object
) -> None:
    edit(folder / "config.json", model_type=kind)
    assert refused(folder).id == "model-no-such-type"


def test_that_our_own_description_is_not_trusted_either(folder: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    save_masked_lm(ours, load(folder))
    values = json.loads((ours / "model.json").read_text(encoding="utf-8"))
    evil = {**values["config"], "auto_map": {"AutoConfig": "e.E"}, "attn_implementation": "e/k"}
    (ours / "model.json").write_text(json.dumps({**values, "config": evil}), encoding="utf-8")
    assert not hasattr(load(ours).whole.config, "auto_map")
    evil["model_type"] = "evil_bert"
    (ours / "model.json").write_text(json.dumps({**values, "config": evil}), encoding="utf-8")
    assert refused(ours).id == "model-no-such-type"


def test_that_a_tokenizer_larger_than_the_embedding_is_refused(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"]["zebra"] = 5_000
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    error = refused(folder)
    assert error.id == "tokenizer-too-large"
    assert "5,000" in error.what
    with pytest.raises(RunError) as checked:
        check_masked_lm(str(folder), offline=True)
    assert checked.value.id == "tokenizer-too-large"


@pytest.fixture
def headless(folder: Path) -> Path:
    """An encoder alone, as sentence encoders are published."""
    state = load_file(folder / "model.safetensors")
    bare = {key: value for key, value in state.items() if not key.startswith("cls.")}
    assert len(bare) < len(state)
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_that_a_checkpoint_without_a_head_says_so(headless: Path) -> None:
    model = load(headless, seed=1)
    assert model.head_is_fresh
    facts = check_masked_lm(str(headless), offline=True)
    assert facts["decoder_is_fresh"]
    assert "no masked-language-model head" in facts["notes"][0]
    name = "predictions.transform.dense.weight"
    first, same, other = (load(headless, seed).decoder["cls"].state_dict() for seed in (1, 1, 2))
    assert torch.equal(first[name], same[name])
    assert not torch.equal(first[name], other[name])


def test_that_a_checkpoint_with_its_head_needs_none(folder: Path) -> None:
    assert not load(folder).head_is_fresh
    facts = check_masked_lm(str(folder), offline=True)
    assert not facts["decoder_is_fresh"]
    assert [note[:35] for note in facts["notes"]] == ["Texts are read by the first token, "]


def test_that_missing_layers_of_the_encoder_are_refused(folder: Path) -> None:
    state = load_file(folder / "model.safetensors")
    bare = {key: value for key, value in state.items() if ".layer.1." not in key}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    assert refused(folder).id == "model-misfit"
