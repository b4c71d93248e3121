"""Steps through torch.compile, and why a machine can't."""

import functools
import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import RunError

# What torch.compile looks for, where the variable CXX does not name one.
_COMPILERS = ("cl",) if sys.platform == "win32" else ("g++", "clang++", "c++")


def is_packaged() -> bool:
    """Whether this is the packaged program, which has nothing to compile with."""
    return bool(getattr(sys, "frozen", False))


def why_not_compile(kind: str) -> str:
    """Why steps can't be compiled for a device of that kind; empty when they can."""
    asked = os.environ.get("CXX")
    if not any(map(shutil.which, (asked,) if asked else _COMPILERS)):
        return f"there is no C++ compiler ({asked or ', '.join(_COMPILERS)}) on this machine"
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.is_file():
        return f"Python's header files are not installed ({header} is missing)"
    if kind in ("cuda", "xpu") and importlib.util.find_spec("triton") is None:
        return "triton, which compiles for GPUs, is not installed"
    return ""


def compile_forward(module: nn.Module) -> None:
    """Let a module's `forward` be compiled at its first call, its parameters' names unchanged.

    The calls raise `RunError` (`compile-unavailable`) when the compiler fails.
    """
    # Here, because it takes seconds to import.
    from torch._dynamo.exc import TorchDynamoException

    compiled = torch.compile(module.forward)

    @functools.wraps(module.forward)
    def forward(*inputs: Any) -> Any:
        try:
            return compiled(*inputs)
        except TorchDynamoException as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            what = lines[0][:300] if lines else type(error).__name__
            reason = f"the compiler failed ({what})"
            raise RunError("compile-unavailable", reason=reason) from error

    module.forward = forward
