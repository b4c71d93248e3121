"""`redistill.open`: what a run found and says, from Python."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import core.api as redistill
from core.cli.main import app
from core.run.folder import RunFolder
from tests.helpers.text_runs import written_text_run
from tests.helpers.worlds import UNTUNED, World, new_run


@pytest.fixture(scope="module")
def text_run(tmp_path_factory: pytest.TempPathFactory) -> redistill.Run:
    return redistill.open(written_text_run(tmp_path_factory.mktemp("texts")).path)


def test_that_a_run_tells_what_it_found(undisturbed: RunFolder) -> None:
    run = redistill.open(str(undisturbed.path))
    assert (run.path, run.state) == (undisturbed.path, "finished")
    assert run.verdict == run.results["verdict"] != ""
    assert run.recommended == run.results["recommended"]["arm"]
    assert run.resume() is run  # at once


def test_that_it_says_what_the_command_says(undisturbed: RunFolder, world: World) -> None:
    files = sorted(world.labeled.glob("test/*/*.png"))
    run = redistill.open(undisturbed.path)
    found = run.predict(world.labeled / "test", embeddings=True)
    assert [each.path for each in found] == files
    said = CliRunner().invoke(app, ["predict", str(run.path), *map(str, files), "--json"])
    lines = said.stdout.splitlines()
    assert len(lines) == len(found)
    for line, each in zip(lines, found, strict=True):
        label, probability = each.probabilities[0]
        assert f'"{label}": {probability:.5f}'[:-2] in line
    vectors = run.embed(map(str, files))
    assert (vectors.shape, vectors.dtype) == ((12, 32), np.float32)
    np.testing.assert_allclose(vectors, np.stack([each.embedding for each in found]), atol=1e-5)
    assert run.embed([]).shape == (0, 0)


def test_that_what_cannot_be_read_is_named_and_shifts_no_row(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    (broken := tmp_path / "broken.png").write_bytes(b"\x89PNG")
    files = [broken, next(world.labeled.glob("test/*/*.png"))]
    run = redistill.open(undisturbed.path)
    first, second = run.predict(files)
    assert (first.path, first.probabilities) == (broken, ())
    assert first.problem
    assert second.probabilities
    with pytest.raises(redistill.RunError, match=r"broken\.png can't be read") as caught:
        run.embed(files)
    assert caught.value.id == "example-unreadable"


def test_that_a_text_is_a_text_and_a_path_a_file(text_run: redistill.Run, tmp_path: Path) -> None:
    texts = ["the apple is green", "the sea is blue\n" * 300]
    (file := tmp_path / "a.txt").write_text(texts[0])
    found = text_run.predict(texts)
    assert [each.name for each in found] == texts
    (of_file,) = text_run.predict(file)
    assert dict(of_file.probabilities) == pytest.approx(dict(found[0].probabilities), abs=1e-5)
    np.testing.assert_allclose(text_run.embed(texts[0]), text_run.embed(file), atol=1e-5)
    assert len(text_run.embed(texts)) == 2
    with pytest.raises(redistill.RunError, match="name of a file") as caught:
        text_run.predict([str(file)])
    assert caught.value.id == "text-names-a-file"
    with pytest.raises(redistill.RunError, match="some are files") as caught:
        text_run.predict([texts[0], file])
    assert caught.value.id == "texts-and-files"
    table = pd.DataFrame({"text": texts})
    # Iterated it gives the names of its columns, which are texts as well.
    for wrong in (table, {"text": texts}):
        with pytest.raises(TypeError, match="give one of its columns, as a list"):
            text_run.predict(wrong)
    assert [each.name for each in text_run.predict(table["text"])] == texts
    # One after the other they are taken alike.
    assert [each.name for each in text_run.predictions(iter(texts))] == texts
    assert next(text_run.predictions(texts[0])).name == texts[0]


def test_that_unknown_is_a_share(undisturbed: RunFolder, world: World) -> None:
    run = redistill.open(undisturbed.path)
    with pytest.raises(ValueError, match="above 0 and below 1"):
        run.predict(world.labeled / "test", unknown=90)


def test_that_a_run_without_results_says_so(world: World, tmp_path: Path) -> None:
    run = redistill.open(new_run(world, tmp_path / "run").path)
    assert (run.state, run.recommended) == ("new", None)
    with pytest.raises(redistill.RunError, match="no results yet") as caught:
        _ = run.verdict
    assert caught.value.id == "run-not-finished"
    with pytest.raises(redistill.RunError, match="not a run folder"):
        redistill.open(tmp_path)


def test_that_it_exports_what_the_command_exports(undisturbed: RunFolder, tmp_path: Path) -> None:
    exported = redistill.open(undisturbed.path).export("encoder", str(tmp_path / "encoder"))
    assert exported.folder == tmp_path / "encoder"
    assert exported.parity["format"] == "encoder"
    assert (exported.folder / "README.md").is_file()


def test_that_a_trainer_that_dies_is_an_error(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(redistill.RunError, match="ended unexpectedly") as caught:
        redistill.adapt(
            labeled=world.labeled, unlabeled=[world.unlabeled], out=tmp_path / "run", kind="images"
        )
    assert (caught.value.id, caught.value.details["cause"]) == ("run-failed", "trainer-died")


def test_that_settings_are_names_or_sections(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[RunFolder] = []
    monkeypatch.setattr("core.api.adapting.train", lambda run, *_: trained.append(run))
    run = redistill.adapt(
        labeled=world.labeled,
        unlabeled=str(world.unlabeled),
        model=world.model,
        preset="quick",
        out=tmp_path / "run",
        settings={"pretrain": {"steps": 7}, "pretrain.lr": 0.5, "seed": 3},
    )
    recipe = trained[0].recipe()
    assert (recipe.pretrain.steps, recipe.pretrain.lr, recipe.seed) == (7, 0.5, 3)
    assert recipe.model.name == str(world.model)
    assert recipe.data.unlabeled == (str(world.unlabeled),)
    assert run.state == "new"
    with pytest.raises(redistill.RunError) as caught:
        redistill.adapt(labeled=world.labeled, settings={"pretrain.stepps": 7})
    assert caught.value.id == "recipe-invalid"
    with pytest.raises(redistill.RunError) as caught:
        redistill.adapt(preset="quick", kind="images")
    assert caught.value.id == "no-data-named"


@pytest.mark.slow
def test_that_an_exception_of_the_listener_pauses_the_run(world: World, tmp_path: Path) -> None:
    run = redistill.open(new_run(world, tmp_path / "run", **UNTUNED, pretrain__steps=200).path)

    def stumble(event: object) -> None:
        if event.kind == "step_done" and event.num_steps == 200:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run.resume(stumble)
    assert run.state == "paused"
    kinds: list[str] = []
    # Its last checkpoint is where it goes on.
    assert run.resume(lambda event: kinds.append(event.kind)).state == "finished"
    assert "stage_resumed" in kinds
