"""The text starter: what it learns from, that it opens, and that it predicts."""

import gzip
import json
from pathlib import Path

import pytest
import torch

from core.errors import RunError
from core.hub.catalog import CATALOG, starter_folder
from core.images.model.sources import load_model
from core.starter.text import corpus
from core.starter.text.pretrain import pretrain_text_starter
from core.starter.training import StarterSettings
from core.text.model.starter import (
    build_text_starter,
    describe_starter,
    train_tokenizer,
)
from core.text.model.store import load_masked_lm, open_masked_lm, save_masked_lm
from core.text.tokenizing import Tokenizing

WORDS = ("the sum of two arrays", "a graph with many nodes", "what a film that was")
ALLOWED = {"public domain", "CC BY 4.0", "BSD-3-Clause", "Apache-2.0", "MIT"}
LARGEST_MB = 12


def load_starter(name: str = "starter-text", **asked):
    return load_masked_lm(
        name, **{"max_length": 128, "whole_words": False, "offline": True, **asked}
    ).eval()


@torch.no_grad()
def guesses(model, text: str) -> torch.Tensor:
    ids = model.description.build_tokenizer().encode(text).ids
    row = torch.tensor([ids])
    return model.predict(row, torch.ones_like(row))[0, ids.index(model.description.mask_id)]


def test_that_the_starter_is_bundled_as_the_catalog_says() -> None:
    entry = next(entry for entry in CATALOG if entry.name == "starter-text")
    folder = starter_folder(entry.name)
    files = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert set(files) == {"README.md", "model.json", "encoder.safetensors", "decoder.safetensors"}
    size_mb = (sum(files.values()) - files["README.md"]) / 1e6
    assert size_mb == pytest.approx(entry.size_mb, rel=0.02)
    assert size_mb < LARGEST_MB
    model = load_starter()
    assert sum(part.numel() for part in model.encoder.parameters()) == entry.parameters
    assert model.description.max_length == entry.max_length
    assert "license: apache-2.0" in (folder / "README.md").read_text(encoding="utf-8")


def test_that_the_starter_fills_in_the_same_words_each_time_it_is_opened() -> None:
    text = "return the number [MASK] elements in the array ."
    one, other = (guesses(load_starter(), text) for _ in range(2))
    assert torch.equal(one, other)
    model = load_starter()
    right = model.description.build_tokenizer().token_to_id("of")
    assert right in one.topk(20).indices


def test_that_the_starter_knows_more_than_random_weights() -> None:
    texts = ["This is one of the best films of the year .", "The shape of the output array ."]
    losses = []
    for name in ("starter-text", "random:starter-text"):
        model = load_starter(name)
        batch = encoded(model, texts)
        noise = model.mask_noise(len(texts), torch.Generator().manual_seed(0))
        with torch.no_grad():
            losses.append(float(model.masked_loss(batch, noise)))
    assert losses[0] < losses[1] - 1


def encoded(model, texts: list[str]) -> dict[str, torch.Tensor]:
    from core.text.token_source import padded

    rows = [model.description.build_tokenizer().encode(text).ids for text in texts]
    arrays = [torch.tensor(row).numpy() for row in rows]
    starts = [torch.arange(len(row)).numpy() for row in rows]
    return padded(arrays, starts, model.description.pad_id)


def test_that_length_and_masking_are_those_asked_for() -> None:
    asked = load_starter(max_length=32, whole_words=True).description
    assert (asked.max_length, asked.whole_words) == (32, True)
    assert load_starter(max_length=4096).description.max_length == 128


def test_that_random_weights_of_the_starter_are_the_same_each_time() -> None:
    one, other = (load_starter("random:starter-text").state_dict() for _ in range(2))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_that_a_starter_for_other_examples_is_refused() -> None:
    with pytest.raises(RunError, match="is a model for images, but the data are text"):
        load_starter("starter")
    with pytest.raises(RunError, match="starter;"):
        load_model("starter-text")


def test_that_what_head_and_encoder_share_is_written_once(tmp_path: Path) -> None:
    model = build_text_starter(describe_starter(train_tokenizer(WORDS, vocabulary=60)), seed=1)
    save_masked_lm(tmp_path, model)
    sizes = [(tmp_path / f"{part}.safetensors").stat().st_size for part in ("encoder", "decoder")]
    assert sum(sizes) < 4.2 * sum(part.numel() for part in model.parameters())
    again = open_masked_lm(tmp_path)
    for key, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[key], value)
    assert again.whole.get_output_embeddings().weight is again.whole.get_input_embeddings().weight


def test_that_nothing_with_other_terms_goes_into_the_corpus() -> None:
    licences = {file.name: file.licence for file in corpus.FILES}
    assert licences.pop("masc.txt.gz") == "free for any use, commercial ones too"
    licences |= {package.name: package.licence for package in corpus.PACKAGES}
    assert set(licences.values()) <= ALLOWED
    assert not [name for name in licences if "wiki" in name or "pubmed" in name]


def test_that_a_corpus_is_read_once_without_repeats(tmp_path: Path) -> None:
    small_corpus(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    texts = corpus.gather(tmp_path, work, lambda *_: None, ())
    assert texts == ["A first line, repeated.", "Something else."]
    sources = json.loads((work / corpus.FACTS).read_text(encoding="utf-8"))
    assert [source["texts"] for source in sources] == [2, 0, 0, 0]
    for file in tmp_path.glob("*.gz"):
        file.unlink()
    assert corpus.gather(tmp_path, work, lambda *_: None, ()) == texts


@pytest.mark.slow
def test_that_a_starter_is_pre_trained_and_resumed(tmp_path: Path) -> None:
    small_corpus(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    corpus.gather(tmp_path, work, lambda *_: None, ())
    few = StarterSettings(steps=2, batch_size=2, warmup_steps=0)
    for _ in range(2):
        pretrain_text_starter(tmp_path, work, few, lambda _: None)
    assert json.loads((work / "summary.json").read_text(encoding="utf-8"))["steps"] == 2
    assert (work / "encoder.safetensors").is_file()


def small_corpus(folder: Path) -> None:
    lines = {"masc.txt.gz": "A first line, repeated.\na FIRST line repeated\n\nSomething else.\n"}
    for file in corpus.FILES:
        with gzip.open(folder / file.name, "wt", encoding="utf-8") as out:
            out.write(lines.get(file.name, ""))


def test_that_a_text_is_framed_as_bert_frames_it() -> None:
    frame = Tokenizing(load_starter().description).frame
    assert (len(frame.before), len(frame.after), frame.room) == (1, 1, 126)
