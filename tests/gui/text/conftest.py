"""Texts, a tiny language model and a finished run on them."""

import shutil
from pathlib import Path

import pytest

from core.recipe import Recipe
from core.run.folder import RunFolder
from tests.helpers.text_worlds import save_tiny_masked_lm, write_texts
from tests.helpers.trainers import finished, start_fork_server


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`plain` texts, `labeled` tables and a `model`; never written to."""
    start_fork_server()
    folder = tmp_path_factory.mktemp("texts")
    write_texts(folder)
    save_tiny_masked_lm(folder / "model")
    return folder


@pytest.fixture(scope="session")
def text_run(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run on them."""
    few = {"steps": 4, "batch_size": 8, "lr": 1e-3}
    recipe = Recipe.model_validate(
        {
            "seed": 7,
            "data": {
                "kind": "text",
                "unlabeled": [str(texts / "plain")],
                "labeled": str(texts / "labeled"),
            },
            "model": {"name": str(texts / "model"), "max_length": 24},
            "pretrain": few,
            "distill": few,
            "finetune": {**few, "warmup_steps": 1},
            "probe": {"every": 0, "neighbours": 3},
            "runtime": {
                "device": "cpu",
                "precision": "float32",
                "threads": 1,
                "workers": 0,
                "offline": True,
            },
        }
    )
    folder = tmp_path_factory.mktemp("text-run")
    return finished(RunFolder.create(folder / "run", recipe), folder / "cache")


@pytest.fixture
def run(text_run: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it in the folder of runs."""
    shutil.copytree(text_run.path, tmp_path / "runs" / "words")
    return RunFolder(tmp_path / "runs" / "words")
