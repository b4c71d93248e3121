"""Runs before everything in the packaged program: torchvision without its compiled operators.

timm imports torchvision, which registers Python kernels for operators that its compiled part
defines. That part is left out (`build.spec`), as nothing in Redistill uses these operators; where
torchvision was built for another torch it could not be loaded either. Then each registration would
fail with "operator torchvision::nms does not exist": they are passed over. Nothing is imported
until torchvision is.
"""

import importlib.abc
import sys
from pathlib import Path
from typing import Any


class _Watcher(importlib.abc.MetaPathFinder):
    """Acts when torchvision is imported for the first time, then steps back."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "torchvision":
            sys.meta_path.remove(self)
            folder = Path(sys._MEIPASS, "torchvision")  # type: ignore[attr-defined]
            if not any(_loads(file) for file in folder.glob("_C.*")):
                _pass_over()


def _loads(file: Path) -> bool:
    import torch

    try:
        torch.ops.load_library(str(file))
    except (OSError, ImportError):
        return False
    return True


def _pass_over() -> None:
    import torch

    register = torch.library.register_fake

    def register_fake(op: Any, func: Any = None, /, **more: Any) -> Any:
        if isinstance(op, str) and op.startswith("torchvision::"):
            return func if func is not None else lambda kernel: kernel
        return register(op, func, **more)

    torch.library.register_fake = register_fake


sys.meta_path.insert(0, _Watcher())
