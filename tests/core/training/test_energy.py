"""What the GPU tells of its energy, added up over the trainers of a run."""

import json
from pathlib import Path

import pytest
import torch

from core.run.files import ENERGY
from core.training import energy
from core.training.energy import counted_energy, gpu_joules


def test_that_a_cpu_tells_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    assert gpu_joules(torch.device("cpu")) is None
    with counted_energy(tmp_path, torch.device("cpu")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_that_trainers_add_up_also_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = iter([100.0, 130.0, 500.0, 512.5])
    monkeypatch.setattr(energy, "gpu_joules", lambda device: next(counter))
    with counted_energy(tmp_path, torch.device("cpu")):
        pass
    with pytest.raises(RuntimeError), counted_energy(tmp_path, torch.device("cpu")):
        raise RuntimeError
    found = json.loads((tmp_path / ENERGY).read_text(encoding="utf-8"))
    assert found == {"joules": 42.5, "trainers": 2}


@pytest.mark.gpu
def test_that_work_on_a_gpu_costs_energy(tmp_path: Path) -> None:
    device = torch.device("cuda", 0)
    with counted_energy(tmp_path, device):
        square = torch.randn(4096, 4096, device=device)
        for _ in range(400):
            square = torch.tanh(square @ square)
        torch.cuda.synchronize()
    assert json.loads((tmp_path / ENERGY).read_text(encoding="utf-8"))["joules"] > 1
