"""An exported program, opened by PyTorch itself."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.run.folder import RunFolder
from tests.core.conftest import Export
from tests.helpers.exports import probabilities, said_by_runner


@pytest.mark.slow
def test_that_torch_opens_it_and_gets_the_trained_probabilities(
    exported: Export, run: RunFolder, pictures: list[Path]
) -> None:
    extra = {"redistill.json": ""}
    file = exported("pt2").folder / "model.pt2"
    model = torch.export.load(file, extra_files=extra).module()
    names = json.loads(extra["redistill.json"])["classes"]
    pixels = np.stack([np.array(Image.open(path)) for path in pictures])
    wanted = [[row[name] for name in names] for row in probabilities(run, pictures).values()]
    for count in (1, len(pictures)):
        found = model(torch.from_numpy(pixels[:count]).permute(0, 3, 1, 2))
        assert found.tolist() == [pytest.approx(row, abs=1e-5) for row in wanted[:count]]


def test_that_the_file_does_not_say_where_it_was_made(exported: Export) -> None:
    file = exported("pt2").folder / "model.pt2"
    assert str(Path.cwd()).encode() not in file.read_bytes()


@pytest.mark.slow
def test_that_the_runner_stands_alone(exported: Export, pictures: list[Path]) -> None:
    lines = said_by_runner(exported("pt2").folder, *pictures)
    assert lines == said_by_runner(exported("timm").folder, *pictures)
