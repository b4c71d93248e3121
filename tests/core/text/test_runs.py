"""Whole runs on text, through the same door as images."""

import json
import shutil
from itertools import takewhile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.run.events import Noticed, PreviewSaved, StageStarted
from core.run.folder import RunFolder
from tests.helpers.faces import predict
from tests.helpers.trainers import events_of, finished, losses_of
from tests.helpers.worlds import World, new_run


@pytest.fixture(scope="module")
def undisturbed(text_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = new_run(text_world, tmp_path_factory.mktemp("runs") / "run")
    return finished(run, text_world.cache)


def test_that_a_run_on_text_compares_three_arms(undisturbed: RunFolder) -> None:
    results = undisturbed.read_json("results.json")
    assert set(results["arms"]) == {"base", "further", "distilled"}
    assert results["data"]["test_images"] == 12
    assert results["data"]["classes"] == ["fruit", "plant", "water"]
    for arm in results["arms"].values():
        assert 0 <= arm["macro_f1"] <= 1
        # One class per text.
        assert arm["micro_f1"] == arm["accuracy"]


def test_that_a_run_says_what_it_guessed_before_it_trains(undisturbed: RunFolder) -> None:
    events = takewhile(lambda event: not isinstance(event, StageStarted), events_of(undisturbed))
    before = [event.text for event in events if isinstance(event, Noticed)]
    assert "guessed: the text column is text; --set data.text_column=… changes it" in before


def test_that_previews_of_text_show_hidden_words_and_guesses(undisturbed: RunFolder) -> None:
    files = {event.file for event in events_of(undisturbed, PreviewSaved)}
    assert files
    for file in files:
        shown = json.loads((undisturbed.path / file).read_text(encoding="utf-8"))
        assert any("[MASK]" in each["masked"] for each in shown)
        assert all(hidden["guesses"] for each in shown for hidden in each["hidden"])


def test_that_texts_are_classified_as_they_are_and_from_files(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    table = tmp_path / "new.jsonl"
    table.write_text('{"text": "the apple is green", "label": "?"}\nbroken\n', encoding="utf-8")
    link = "http://a.example//b/../the apple is green"
    found = list(predict(undisturbed, [table], texts=["the apple is green", link]))
    # A text is no path: as one, it would lose slashes.
    assert [each.name for each in found] == [
        f"{table}:1",
        f"{table}:2",
        "the apple is green",
        link,
    ]
    one, other = (dict(found[place].probabilities) for place in (0, 2))
    assert one == pytest.approx(other, abs=1e-5)
    assert found[1].problem
    assert [each.path is None for each in found] == [False, False, True, True]


@pytest.fixture
def headless(text_world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "encoder-alone"
    shutil.copytree(text_world.model, folder)
    state = load_file(folder / "model.safetensors")
    bare = {key: value for key, value in state.items() if not key.startswith("cls.")}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.slow
def test_that_auto_contrasts_sentences_of_a_sentence_encoder_however_a_batch_is_cut(
    text_world: World, headless: Path, tmp_path: Path
) -> None:
    changes: dict[str, object] = {
        "model__name": str(headless),
        "model__decoder_warmup_steps": 4,
        "pretrain__objective": "auto",
        "pretrain__batch_size": 7,
        "distill__batch_size": 7,
        "probe__every": 0,
        "finetune__steps": 0,
        "finetune__warmup_steps": 0,
    }
    runs = []
    for size in (None, 3):
        run = new_run(text_world, tmp_path / f"{size}", runtime__micro_batch_size=size, **changes)
        runs.append(finished(run, text_world.cache))
    whole, cut = map(losses_of, runs)
    # There is no decoder to warm up.
    assert list(whole) == ["01-further-pretrain", "02-self-distill-round-1"]
    for stage, steps in whole.items():
        for step, losses in steps.items():
            assert "sentence" in losses
            assert cut[stage][step] == pytest.approx(losses, rel=1e-4, abs=1e-5), (stage, step)
    for event in events_of(runs[0], PreviewSaved):
        shown = json.loads((runs[0].path / event.file).read_text(encoding="utf-8"))
        assert any(text["hidden"] for text in shown)
        assert all("guesses" not in hidden for text in shown for hidden in text["hidden"])
    assert events_of(runs[0], PreviewSaved)
    said = [event.text for event in events_of(runs[0], Noticed)]
    assert any("Texts are read by the mean of all tokens" in text for text in said)
    assert any("The objective is sentence" in text for text in said)


@pytest.mark.slow
def test_that_a_fresh_head_is_warmed_up_with_the_encoder_frozen(
    text_world: World, headless: Path, tmp_path: Path
) -> None:
    changes = {"model__name": str(headless), "model__decoder_warmup_steps": 4}
    run = finished(new_run(text_world, tmp_path / "run", **changes), text_world.cache)
    assert run.read_json("model/source.json")["decoder_is_fresh"]
    (said,) = (each for each in events_of(run, Noticed) if each.id == "decoder-fresh")
    assert "4 steps with the encoder frozen" in said.text
    warmed, loaded = run.stage("01-decoder-warmup"), run.path / "model"
    before, after = (
        load_file(loaded / "encoder.safetensors"),
        load_file(warmed / "encoder.safetensors"),
    )
    assert all(torch.equal(after[key], value) for key, value in before.items())
    head = "cls.predictions.transform.dense.weight"
    old, new = load_file(loaded / "decoder.safetensors"), load_file(warmed / "decoder.safetensors")
    assert not torch.equal(old[head], new[head])


def test_that_a_model_with_its_head_is_not_warmed_up(undisturbed: RunFolder) -> None:
    assert not undisturbed.read_json("model/source.json")["decoder_is_fresh"]
    assert not list(undisturbed.stages.glob("*-decoder-warmup"))
