"""What the GPU of a run used, as the GPU itself counts it."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from core.run.files import ENERGY
from core.system.atomic import write_json


def gpu_joules(device: torch.device) -> float | None:
    """Energy that the GPU used since its driver was loaded; None where that is not told.

    NVIDIA GPUs since Volta tell it (NVML, millijoules); parts of a GPU (MIG) do not.
    """
    if device.type != "cuda":
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        # By its name for life: the driver counts GPUs otherwise than CUDA_VISIBLE_DEVICES does.
        uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
        handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)
        return float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) / 1000
    except (pynvml.NVMLError, AttributeError):
        return None
    finally:
        pynvml.nvmlShutdown()


@contextlib.contextmanager
def counted_energy(run: Path, device: torch.device) -> Iterator[None]:
    """Add what the GPU uses meanwhile to the run's `energy.json`.

    The file has `joules` of all trainers together and how many `trainers` counted; one that was
    killed did not. Where the device does not tell, or nothing can be written, nothing is.
    """
    before = gpu_joules(device)
    try:
        yield
    finally:
        after = gpu_joules(device) if before is not None else None
        if before is not None and after is not None:
            known = _known(run / ENERGY)
            joules = known["joules"] + max(0.0, after - before)
            with contextlib.suppress(OSError):
                write_json(run / ENERGY, {"joules": joules, "trainers": known["trainers"] + 1})


def _known(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {"joules": float(found["joules"]), "trainers": int(found["trainers"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"joules": 0.0, "trainers": 0}
