"""A third modality is a folder and a line: signals go all the way with no edit in the program."""

import json
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.modalities import data_of, exports_of, modality_of_path, predict_of, stages_of
from core.recipe import Recipe, modalities, modality_named
from core.recipe.modality import MORE_MODALITIES
from core.run.folder import RunFolder, RunState
from core.system import process_names
from core.system.own_process import child_environment, module_command
from tests.helpers.faces import predict
from tests.helpers.trainers import ROOT
from tests.helpers.warm import have_warm
from tests.signals.modality import write_signals


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MORE_MODALITIES, "tests.signals")


@pytest.fixture(scope="module")
def signals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signals")
    for split, number, seed in (("train", 8, 1), ("test", 4, 2)):
        write_signals(folder / "labeled" / split, number=number, seed=seed)
    write_signals(folder / "unlabeled", number=16, seed=3, labels=("saw",))
    (folder / "labeled" / "train" / "saw" / "damaged.npy").write_bytes(b"no array")
    return folder


def redistill(*arguments: str, cache: Path) -> subprocess.CompletedProcess[str]:
    have_warm()
    environment = {**child_environment(), "REDISTILL_CACHE": str(cache)}
    command = module_command(process_names.COMMAND_LINE, *arguments)
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def run(signals: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run, started from the command line; nobody says what the examples are."""
    path = tmp_path_factory.mktemp("run") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MORE_MODALITIES, "tests.signals")
        done = redistill(
            *("run", "--unlabeled", str(signals / "unlabeled")),
            *("--labeled", str(signals / "labeled")),
            *("--preset", "quick", "--out", str(path)),
            *("--set", "runtime.device=cpu", "--set", "runtime.precision=float32"),
            *("--set", 'finetune.arms=["base","further","distilled","r3f"]'),
            cache=path.parent / "cache",
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test signals" in done.stdout
    return RunFolder.open(path)


def test_that_a_folder_is_recognised_and_its_recipe_has_the_modalitys_defaults(
    signals: Path,
) -> None:
    assert modality_of_path(signals / "labeled").name == "signals"
    recipe = Recipe.model_validate({"data": {"kind": "signals"}})
    assert recipe.model.name == "tiny-signals"
    assert recipe.modality.words("{Examples} of {an_example}") == "Signals of a signal"


def test_that_a_scan_speaks_of_signals(signals: Path, tmp_path: Path) -> None:
    done = redistill("scan", str(signals / "labeled"), cache=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "36 signals" in done.stdout
    assert "1 file can't be used (first: train/saw/damaged.npy" in done.stdout


def test_that_a_run_goes_through_every_stage_and_tells_its_answer(run: RunFolder) -> None:
    assert run.status().state is RunState.FINISHED
    results = json.loads(run.results_file.read_text(encoding="utf-8"))
    assert set(results["arms"]) == {"base", "further", "distilled", "r3f"}
    assert results["data"]["what"] == "signal"
    assert results["data"]["train_images"] == 24
    assert results["data"]["pretraining_images"] == 16 + 24
    kinds = {name.split("-", 1)[1].split("-round")[0] for name in results["stages"]}
    assert {"further-pretrain", "self-distill"} <= kinds
    assert list(run.previews.glob("*-latest.json"))
    assert (run.exports / "encoder" / "encoder.safetensors").is_file()


def test_that_new_signals_are_classified_one_by_one_and_into_files(
    run: RunFolder, signals: Path, tmp_path: Path
) -> None:
    file = signals / "labeled" / "test" / "sine" / "00.npy"
    (found,) = predict(run, [file])
    assert {name for name, _ in found.probabilities} == {"saw", "sine", "square"}
    table, vectors = tmp_path / "labels.csv", tmp_path / "vectors.parquet"
    done = redistill(
        *("predict", str(run.path), str(signals / "labeled" / "test")),
        *("--out", str(table), "--embeddings", str(vectors)),
        cache=tmp_path / "cache",
    )
    assert done.returncode == 0, done.stderr
    assert "12 signals in" in done.stdout
    assert len(table.read_text(encoding="utf-8").splitlines()) == 13
    assert len(pq.read_table(vectors)["embedding"][0]) == 16


def test_that_a_report_tells_of_signals(run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = redistill("report", str(run.path), "--out", str(out), cache=tmp_path / "cache")
    assert done.returncode == 0, done.stdout + done.stderr
    page = out.read_text(encoding="utf-8")
    assert "12 test signals" in page
    assert "test images" not in page
    assert "training images" not in page.split("<h2")[1]


def test_that_an_unknown_modality_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="must be one of auto, images, text, signals"):
        Recipe.model_validate({"data": {"kind": "sounds"}})
    with pytest.raises(KeyError):
        modality_named("sounds")


def test_that_a_modality_that_forgot_a_part_fails_by_its_name() -> None:
    with pytest.raises(RuntimeError, match=r"signals has no module tests.signals.export.modality"):
        exports_of(modality_named("signals"))


@pytest.mark.parametrize("name", ["images", "text", "signals"])
def test_that_every_modality_has_what_the_faces_ask_for(name: str) -> None:
    modality = modalities()[name]
    for part in (data_of, stages_of, predict_of):
        assert part(modality) is part(modality)
    assert modality.presets.keys() == {"quick", "balanced", "paper"}
