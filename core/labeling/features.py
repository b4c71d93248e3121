"""Features of a frozen encoder, kept by encoder and example: each is computed once, ever.

An example is known by what the model is given of it, so it has the same features in every folder
and run. Features are written piece by piece: what was ended goes on where it was.
"""

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from torch import Tensor

from core.labeling.examples import Looked
from core.language import _
from core.run.events import Progress
from core.stages.encode import encode_blocks
from core.system.atomic import write_bytes
from core.system.cache_folder import cache_folder
from core.system.units import GIB
from core.training.feed import Batch

FEATURES: Final = "features"
# Examples between two points to go on from.
PIECE: Final = 512
# Of all encoders together; those that were not asked for longest go first.
_MOST_BYTES: Final = 4 * GIB
_KEY_BYTES: Final = 16
_WHAT: Final = _("Looking at examples")


def features_of(looked: Looked, examples: np.ndarray) -> np.ndarray:
    """(N, D) float32 representations of examples.

    Args:
        looked: What they are of.
        examples: (N,) indices into its source.

    Raises:
        RunError: Memory ran out with a single example, or the cache can't be written.
        Interrupted: Asked to end; what was computed is kept.
    """
    folder = cache_folder() / FEATURES / looked.encoder
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    _make_room(folder)
    distinct, places = np.unique(examples, return_inverse=True)
    keys = [_key_of(looked, int(index)) for index in distinct]
    known = _read(folder, set(keys), looked.model.feature_dim)
    missing = [row for row, key in enumerate(keys) if key not in known]
    lengths = looked.examples.lengths
    if lengths is not None:
        # Those of like length together: less padding.
        missing.sort(key=lengths[distinct].tolist().__getitem__)
    for rows, block in _computed(looked, distinct, np.asarray(missing, dtype=np.int64)):
        named = [keys[row] for row in rows]
        looked.context.write(partial(_write, folder, named, block), "the features")
        known.update(zip(named, block, strict=True))
    found = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
    return found[places]


def _computed(
    looked: Looked, distinct: np.ndarray, missing: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of `distinct` with their features, piece by piece."""
    model = looked.model.to(looked.hardware.device).eval()

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    blocks = encode_blocks(
        represent,
        looked.examples.source,
        distinct[missing],
        looked.hardware,
        looked.context,
        what="looking at examples",
        batch_size=looked.rows_at_once,
    )
    waiting: list[np.ndarray] = []
    begun = done = 0
    for block in blocks:
        waiting.append(block)
        done += len(block)
        looked.context.report(Progress(stage="look", what=_WHAT, done=done, total=len(missing)))
        if done - begun >= PIECE or done == len(missing):
            yield missing[begun:done], np.concatenate(waiting)
            waiting, begun = [], done


def _key_of(looked: Looked, index: int) -> bytes:
    """A digest of what the model is given of an example."""
    batch = looked.examples.source.batch(np.asarray([index]))
    found = hashlib.blake2b(digest_size=_KEY_BYTES)
    for name in sorted(batch):
        value = batch[name].cpu().contiguous().numpy()
        found.update(f"{name}{value.shape}{value.dtype}".encode())
        found.update(value.tobytes())
    return found.digest()


def _write(folder: Path, keys: list[bytes], features: np.ndarray) -> None:
    name = hashlib.sha256(b"".join(keys)).hexdigest()[:32]
    packed = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _KEY_BYTES)
    content = save({"keys": packed.copy(), "features": np.ascontiguousarray(features)})
    write_bytes(folder / f"{name}.safetensors", content)


def _read(folder: Path, wanted: set[bytes], width: int) -> dict[bytes, np.ndarray]:
    """Those of the wanted features that are there; a damaged piece is thrown away."""
    found: dict[bytes, np.ndarray] = {}
    for file in sorted(folder.glob("*.safetensors")):
        try:
            piece = load_file(file)
            keys, features = piece["keys"], piece["features"]
            if features.shape != (len(keys), width):
                raise ValueError("it is of another encoder")
        except (OSError, KeyError, ValueError, SafetensorError):
            file.unlink(missing_ok=True)
            continue
        for row, key in enumerate(map(bytes, keys)):
            if key in wanted:
                found[key] = features[row]
    return found


def _make_room(folder: Path) -> None:
    """Clear what was kept of the encoders that were not asked for longest."""
    others = [each for each in folder.parent.iterdir() if each.is_dir() and each != folder]
    others.sort(key=lambda each: each.stat().st_mtime, reverse=True)
    taken = _size(folder)
    for other in others:
        taken += _size(other)
        if taken > _MOST_BYTES:
            shutil.rmtree(other, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
