"""Checkpoints: everything a stage needs to go on from a step, whole and verified.

A checkpoint is `checkpoint-<step>.safetensors` and `checkpoint-<step>.json`. The tensors are
written to a temporary file, synced, hashed and renamed; only then the JSON, which names the
hash, is written the same way. So a checkpoint without its JSON never counts, whatever moment a
kill or a power cut chose. Randomness needs no state: it is a function of seed and step
(`core.training.seeds`), both recorded here.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.errors import RunError
from core.run.formats import CHECKPOINT_FORMAT
from core.system.atomic import sync_folder, write_json
from core.version import __version__

KEPT = 2


@dataclass(frozen=True, kw_only=True)
class CheckpointState:
    """The counters beside the tensors.

    Attributes:
        stage: Stage this belongs to.
        step: Steps done.
        seed: Seed of the run, from which data order, masks, flips and dropout follow.
        batch_size: Global batch size, which the data order depends on.
        images_seen: Training examples seen.
        losses: Mean losses when it was taken.
        best: Best probe so far (`step`, `linear`, `knn`), empty before the first.
        probes: The others that count: `start`, `last`, and how many in a row were below the start.
        scaler: State of the float16 gradient scaler, empty otherwise.
        groups: Digest of the optimizer's parameter groups (`groups_digest`).
        version: The version of Redistill that wrote it.
    """

    stage: str
    step: int
    seed: int
    batch_size: int
    images_seen: int
    losses: dict[str, float] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)
    probes: dict[str, Any] = field(default_factory=dict)
    scaler: dict[str, Any] = field(default_factory=dict)
    groups: str = ""
    version: str = __version__


def save_checkpoint(folder: Path, tensors: dict[str, Tensor], state: CheckpointState) -> None:
    """Write a checkpoint and remove all but the two newest.

    Args:
        folder: Folder of the stage.
        tensors: Weights and optimizer moments, on any device.
        state: The counters.

    Raises:
        OSError: As the file system says (a full disk, most often); older checkpoints are intact.
    """
    name = f"checkpoint-{state.step:08d}"
    temporary = folder / f".{name}.{os.getpid()}.tmp"
    try:
        save_file(
            {key: value.detach().cpu().contiguous() for key, value in tensors.items()}, temporary
        )
        # safetensors makes files private; a run is for whoever may read its folder.
        temporary.chmod(folder.stat().st_mode & 0o666)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        digest = _sha256(temporary)
        temporary.replace(folder / f"{name}.safetensors")
    except SafetensorError as error:
        raise _as_os_error(error) from error
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder)
    record = {"format": CHECKPOINT_FORMAT, "sha256": digest, **asdict(state)}
    write_json(folder / f"{name}.json", record)
    _remove_older(folder, keep=KEPT)


def load_newest_checkpoint(
    folder: Path, stage: str, damaged: Callable[[Path, str], None]
) -> tuple[dict[str, Tensor], CheckpointState] | None:
    """The newest checkpoint that is whole; None when there never was one.

    Args:
        folder: Folder of the stage.
        stage: Name of the stage, for errors.
        damaged: Told of each checkpoint that had to be passed over, with the reason.

    Raises:
        RunError: There are checkpoints, but none can be used, or a newer version wrote the newest.
    """
    records = sorted(folder.glob("checkpoint-*.json"), reverse=True)
    reason = ""
    for record in records:
        try:
            return _load(record, stage)
        except (OSError, ValueError, TypeError, KeyError, SafetensorError) as error:
            reason = str(error) or type(error).__name__
            damaged(record, reason)
    if records:
        raise RunError("checkpoints-damaged", stage=stage, reason=reason, folder=folder)
    return None


def newest_step(folder: Path) -> int:
    """Steps in the newest checkpoint by name, 0 without one; nothing is verified."""
    names = sorted(path.stem for path in folder.glob("checkpoint-*.json"))
    return int(names[-1].rpartition("-")[2]) if names else 0


def newest_checkpoint(folder: Path) -> Path | None:
    """Tensors of the newest checkpoint by name, None without one; nothing is verified."""
    records = sorted(folder.glob("checkpoint-*.json"))
    return records[-1].with_suffix(".safetensors") if records else None


def remove_checkpoints(folder: Path) -> None:
    """Remove all checkpoints of a stage that is done."""
    _remove_older(folder, keep=0)


def _load(record: Path, stage: str) -> tuple[dict[str, Tensor], CheckpointState]:
    values = json.loads(record.read_text(encoding="utf-8"))
    found = int(values.pop("format"))
    if found > CHECKPOINT_FORMAT:
        # Not damaged: to take an older one instead would throw away what was trained since.
        raise RunError(
            "checkpoint-newer",
            file=record.stem,
            stage=stage,
            version=values.get("version", "(version unknown)"),
            found=found,
            known=CHECKPOINT_FORMAT,
        )
    expected = values.pop("sha256")
    state = CheckpointState(**values)
    file = record.with_suffix(".safetensors")
    if _sha256(file) != expected:
        raise ValueError("its hash does not fit: the file was damaged after it was written")
    with safe_open(file, framework="pt") as tensors:
        return {key: tensors.get_tensor(key) for key in tensors.keys()}, state  # noqa: SIM118


def _remove_older(folder: Path, keep: int) -> None:
    records = sorted(folder.glob("checkpoint-*.json"), reverse=True)
    for record in records[keep:]:
        # The JSON first: without it the tensors no longer count.
        record.unlink(missing_ok=True)
        record.with_suffix(".safetensors").unlink(missing_ok=True)
    kept = {record.stem for record in records[:keep]}
    for file in folder.glob("checkpoint-*.safetensors"):
        if file.stem not in kept:
            file.unlink(missing_ok=True)
    for file in folder.glob(".checkpoint-*.tmp"):
        file.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_os_error(error: SafetensorError) -> OSError:
    """The file system's error behind one of safetensors, which only carries its text."""
    number = re.search(r"os error (\d+)", str(error))
    return OSError(int(number[1]) if number else errno.EIO, str(error))


def named_state(
    parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer
) -> dict[str, Tensor]:
    """Weights as `model/<name>` and optimizer state as `optimizer/<name>/<key>`."""
    tensors = {f"model/{name}": parameter.data for name, parameter in parameters.items()}
    for name, parameter in parameters.items():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"optimizer/{name}/{key}"] = value
    return tensors


def restore_named_state(
    tensors: dict[str, Tensor],
    parameters: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
) -> None:
    """The reverse of `named_state`, in place; `KeyError` when a tensor is missing."""
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(tensors[f"model/{name}"])
            for key, value in optimizer.state.get(parameter, {}).items():
                value.copy_(tensors[f"optimizer/{name}/{key}"])


def groups_digest(
    parameters: dict[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer
) -> str:
    """Which parameters are trained, and which of them share a group of the optimizer.

    Part of a checkpoint: to go on with other groups would train on otherwise, without a word.
    """
    names = {id(parameter): name for name, parameter in parameters.items()}
    groups = [
        sorted(names[id(each)] for each in group["params"]) for group in optimizer.param_groups
    ]
    return hashlib.sha256(json.dumps(groups).encode("utf-8")).hexdigest()
