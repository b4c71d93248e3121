"""Steps through torch.compile, and why a machine can't."""

import functools
import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import RunError
from core.language import _
from core.models.dropout import RowDropout

# What torch.compile looks for, where the variable CXX does not name one.
_COMPILERS = ("cl",) if sys.platform == "win32" else ("g++", "clang++", "c++")


def is_packaged() -> bool:
    """Whether this is the packaged program, which has nothing to compile with."""
    return bool(getattr(sys, "frozen", False))


def why_not_compile(kind: str) -> str:
    """Why steps can't be compiled for a device of that kind; empty when they can."""
    asked = os.environ.get("CXX")
    if not any(map(shutil.which, (asked,) if asked else _COMPILERS)):
        return _("there is no C++ compiler ({asked}) on this machine").format(
            asked=asked or ", ".join(_COMPILERS)
        )
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.is_file():
        return _("Python's header files are not installed ({header} is missing)").format(
            header=header
        )
    if kind in ("cuda", "xpu") and importlib.util.find_spec("triton") is None:
        return _("triton, which compiles for GPUs, is not installed")
    return ""


def is_compiler_failure(error: Exception) -> bool:
    """Whether torch's compiler could not do what it was asked."""
    if not isinstance(error, RuntimeError):
        return False
    # Here, because it takes seconds to import.
    from torch._dynamo.exc import TorchDynamoException

    return isinstance(error, TorchDynamoException)


class Compilable:
    """A module whose `forward` can be compiled while it trains, and be again as it was.

    The first compiled call is compared with the module as it is.

    Args:
        module: Trained; its parameters keep their names.
        how: More for `torch.compile`.
    """

    # How far what is computed may be off, relative to its norm: bfloat16 rounds to 0.4 %.
    TOLERANCE = 0.05

    def __init__(self, module: nn.Module, **how: Any) -> None:
        self._module, self._eager, self._how = module, module.forward, how
        self._compiled: Callable[..., Any] | None = None
        self._off: list[Tensor] = []

        @functools.wraps(module.forward)
        def forward(*inputs: Any) -> Any:
            if self._compiled is None:
                return self._eager(*inputs)
            found = self._compiled(*inputs)
            if not self._off:
                with torch.no_grad():
                    self._off = [_off(_tensor(found), _tensor(self._eager(*inputs)))]
            return found

        module.forward = forward

    @property
    def is_compiled(self) -> bool:
        """Whether calls go through the compiler."""
        return self._compiled is not None

    def compile(self, *, graphs: bool) -> None:
        """Let the next call be compiled.

        Args:
            graphs: Whether to record CUDA graphs: all calls have the same shapes, and what one
                returns is not needed any more at the next.
        """
        # What is there of other modules counts towards torch's limit of versions of a function.
        torch.compiler.reset()
        for part in self._module.modules():
            if isinstance(part, RowDropout):
                # Its numbers come from a generator of each step, which the compiler knows not.
                undisturbed: Any = torch.compiler.disable(part.dropped)  # type: ignore[no-untyped-call]
                part.dropped = undisturbed  # type: ignore[method-assign]
        mode = "reduce-overhead" if graphs else None
        self._off = []
        self._compiled = torch.compile(self._eager, mode=mode, **self._how)

    def undo(self) -> None:
        """Let calls be as they were, and give back what compiled ones took."""
        self._compiled = None
        torch.compiler.reset()

    def deviation(self) -> float:
        """How far the first compiled call was off; waits for the device."""
        return float(self._off[0]) if self._off else 0.0


def _tensor(output: Any) -> Tensor:
    found = output["loss"] if isinstance(output, dict) else output
    assert isinstance(found, Tensor)
    return found.detach().float()


def _off(found: Tensor, expected: Tensor) -> Tensor:
    off: Tensor = torch.dist(found, expected) / expected.square().sum().sqrt().clamp_min(1e-12)
    return off


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
            reason = _("the compiler failed ({what})").format(what=what)
            raise RunError("compile-unavailable", reason=reason) from error

    module.forward = forward
