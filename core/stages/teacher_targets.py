"""The frozen teacher's representation of every example, computed once and reread.

The paper's preprocessing has no randomness, so the teacher's answer is a function of the
example alone: computing it once per round saves the teacher's pass at every step and its
memory. With flips there are two views, and both are computed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import RunError
from core.language import _
from core.run.events import Progress
from core.run.files import TARGETS, TARGETS_NOTE
from core.stages.encode import encode_blocks
from core.stages.objectives.augmented import augmented
from core.system.atomic import write_json
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import Batch, ExampleSource, share_of
from core.training.ranks import Ranks

# Rows between two notes of progress: what a kill can cost.
_BLOCK = 4096


@dataclass(frozen=True)
class TargetStore:
    """Targets on disk: (views, N, …) float32, view 1 being the flipped example."""

    file: Path

    def rows(self, positions: np.ndarray, flips: np.ndarray) -> np.ndarray:
        """(n, …) targets of the examples at `positions`, flipped where `flips` says so."""
        targets = np.load(self.file, mmap_mode="r", allow_pickle=False)
        return np.ascontiguousarray(targets[flips.astype(np.int64), positions])


def compute_targets(
    folder: Path,
    represent: Callable[[Batch], torch.Tensor],
    shape: tuple[int, ...],
    source: ExampleSource,
    examples: np.ndarray,
    *,
    flips: bool,
    stage: str,
    hardware: Hardware,
    context: RunContext,
    identity: Mapping[str, str],
    batch_size: int,
) -> TargetStore:
    """Fill the store, each process its share of every block; rank 0 writes.

    Args:
        folder: Folder of the stage; holds `targets.npy` and, until done, its progress.
        represent: Batch to (n, …) representation.
        shape: Shape of one representation.
        source: Where examples come from.
        examples: (N,) indices into `source`.
        flips: Whether flipped views are needed too.
        stage: Name of the stage, for progress.
        hardware: Device and precision.
        context: For progress, pausing and full disks.
        identity: Whose targets of what these are, in names and hashes. What was stored under
            another one is computed anew.
        batch_size: Examples that the teacher looks at, at once, at most.

    Returns:
        The complete store; a killed computation goes on from its last block.
    """
    file = folder / TARGETS
    note = folder / TARGETS_NOTE
    views = 2 if flips else 1
    whole = (views, len(examples), *shape)
    examples_hash = hashlib.sha256(np.ascontiguousarray(examples).tobytes()).hexdigest()
    known = {"shape": list(whole), **identity, "examples": examples_hash}
    done = _blocks_done(file, note, whole, known)
    ranks = Ranks(hardware)
    if not ranks.same(done):
        what = "the teacher's targets are not equally far"
        raise RunError("processes-differ", path=folder, what=what)
    if done == 0 and hardware.rank == 0:
        context.write(lambda: _allocate(file, whole), "room for the teacher's targets")
    ranks.wait(context)
    blocks = [(view, start) for view in range(views) for start in range(0, len(examples), _BLOCK)]
    for index in range(done, len(blocks)):
        view, start = blocks[index]
        part = examples[start : start + _BLOCK]
        compute = _flipped(represent) if view else represent
        rows = _sharded(compute, source, part, shape, hardware, context, batch_size)
        progress = {**known, "blocks_done": index + 1}
        store = partial(_store, file, note, (view, start), rows, progress)
        context.write(store, "the teacher's targets")
        context.report(
            Progress(stage=stage, what=_("teacher targets"), done=index + 1, total=len(blocks))
        )
    ranks.wait(context)
    return TargetStore(file)


def _sharded(
    compute: Callable[[Batch], torch.Tensor],
    source: ExampleSource,
    examples: np.ndarray,
    shape: tuple[int, ...],
    hardware: Hardware,
    context: RunContext,
    batch_size: int,
) -> np.ndarray:
    """All rows of a block on rank 0, computed by all processes together."""
    share = share_of(hardware.rank, hardware.world, len(examples))
    what = "teacher targets"
    blocks = encode_blocks(
        compute, source, examples[share], hardware, context, what=what, batch_size=batch_size
    )
    own = np.concatenate([np.zeros((0, *shape), dtype=np.float32), *blocks])
    if hardware.world == 1:
        return own
    # Collectives want equal shapes: the shorter shares are padded by a row, cut off again here.
    longest = -(-len(examples) // hardware.world)
    padded = torch.zeros(longest, *shape)
    padded[: len(own)] = torch.from_numpy(own)
    shares = [share_of(rank, hardware.world, len(examples)) for rank in range(hardware.world)]
    rows = [
        gathered[: share.stop - share.start].numpy()
        for gathered, share in zip(Ranks(hardware).gather(padded), shares, strict=False)
    ]
    # Elsewhere than on rank 0, which writes, nothing arrives.
    return np.concatenate(rows) if rows else own


def _flipped(represent: Callable[[Batch], torch.Tensor]) -> Callable[[Batch], torch.Tensor]:
    def compute(batch: Batch) -> torch.Tensor:
        first = next(iter(batch.values()))
        every = torch.ones(len(first), dtype=torch.bool, device=first.device)
        return represent(augmented({**batch, "flip": every}))

    return compute


def _blocks_done(file: Path, note: Path, whole: tuple[int, ...], known: Mapping[str, Any]) -> int:
    try:
        progress = json.loads(note.read_text(encoding="utf-8"))
        blocks_done = int(progress.pop("blocks_done"))
        targets = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0
    return blocks_done if progress == known and targets.shape == whole else 0


def _allocate(file: Path, whole: tuple[int, ...]) -> None:
    targets = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=whole)
    # Written, not only mapped: a full disk must show now, as an error, not later, as a crash.
    with file.open("rb+") as raw:
        raw.seek(targets.offset)
        zeros = bytes(1 << 20)
        missing = targets.nbytes
        while missing:
            missing -= raw.write(zeros[: min(missing, len(zeros))])


def _store(
    file: Path, note: Path, at: tuple[int, int], rows: np.ndarray, progress: dict[str, Any]
) -> None:
    view, start = at
    targets = np.load(file, mmap_mode="r+", allow_pickle=False)
    targets[view, start : start + len(rows)] = rows
    targets.flush()
    write_json(note, progress)
