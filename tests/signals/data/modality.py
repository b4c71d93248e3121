"""Reads signals: (64,) arrays in `.npy` files, in class folders with or without splits."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data.duplicates import find_duplicates, find_leaks
from core.data.hold_out import hold_out
from core.data.manifest import Example, Manifest, Quarantined, counted
from core.data.modality import DataModality, Recognised, ScanRequest
from core.errors import RunError
from core.system.stopping import Stopped, never
from tests.signals.about import MODALITY

LENGTH = 64
SPLITS = ("train", "val", "test")


def load_signal(path: Path) -> np.ndarray:
    """(64,) float32; `ValueError` says what else it is."""
    signal = np.load(path, allow_pickle=False)
    if signal.shape != (LENGTH,):
        raise ValueError(f"it has the shape {signal.shape}, not ({LENGTH},)")
    return signal.astype(np.float32)


def files_below(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.npy"))


class SignalData(DataModality):
    def claims(self, path: Path) -> int:
        return len([file for file in files_below(path) if file.suffix == ".npy"])

    def recognise(self, path: Path, *, stopped: Callable[[], bool] = never) -> Recognised:
        files = files_below(path)
        if not files:
            raise RunError("no-images", folders=str(path))
        classes = {label for file in files if (label := _place(file, path)[0])}
        words = f"{counted(len(files), 'signal')} in {len(classes)} classes"
        return Recognised(len(classes) > 1, words)

    def scan(self, request: ScanRequest) -> Manifest:
        roots = [*([request.labeled] if request.labeled else []), *request.unlabeled]
        found: dict[Path, Example] = {}
        bad: list[Quarantined] = []
        # A folder may be given as both; its labels count.
        once = {file: root for root in reversed(roots) for file in files_below(root)}
        files = [(root, file) for file, root in once.items()]
        for done, (root, file) in enumerate(files):
            if request.stopped():
                raise Stopped
            if request.report is not None:
                request.report("Reading signals", done, len(files))
            number = roots.index(root)
            name = file.relative_to(root).as_posix()
            try:
                signal = load_signal(file)
            except (OSError, ValueError) as error:
                bad.append(Quarantined(name, number, str(error)))
                continue
            about, sha256 = file.stat(), hashlib.sha256(signal.tobytes()).hexdigest()
            label, split = _place(file, root) if root == request.labeled else (None, None)
            found[file] = Example(
                name,
                number,
                about.st_size,
                about.st_mtime_ns,
                sha256,
                (len(signal), 1),
                "",
                label,
                (split or "train") if label else split,
            )
        examples = list(found.values())
        labeled = [example for example in examples if example.label]
        if labeled and not any(example.split == "test" for example in labeled):
            labeled = hold_out(labeled, request.data.test_fraction, request.seed, "test")
        everything = [example for example in examples if not example.label] + labeled
        return Manifest(
            roots=tuple(map(str, roots)),
            unlabeled=tuple(example for example in everything if not example.label),
            labeled=tuple(labeled),
            classes=tuple(sorted({example.label for example in labeled if example.label})),
            quarantined=tuple(bad),
            duplicates=find_duplicates(everything, lambda example: example.path),
            leaks=find_leaks(labeled, lambda example: example.path),
            notes=(counted(len(everything), "signal"),),
            kind=MODALITY.name,
        )


def _place(file: Path, root: Path) -> tuple[str | None, str | None]:
    """Class and split by the folders between a root and a file."""
    folders = list(file.relative_to(root).parts[:-1]) if file != root else []
    split = folders.pop(0) if folders and folders[0] in SPLITS else None
    return (folders[0] if folders else None), split


DATA = SignalData()
