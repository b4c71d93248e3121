"""Torch's compiler, loaded when something is compiled rather than with every library.

timm, torchvision and transformers mark functions for the compiler when they are imported, and so
load all of it (`torch._dynamo`, inductor, sympy): half of the seconds that a process of ours needs
to start, though most compile nothing. Until something of it is really asked for, a stand-in
answers what these marks need. `install` is called before torch is imported.
"""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_COMPILER: Final = "torch._dynamo"
_UTILS: Final = "torch._dynamo.utils"
# A module that transformers' models import, and that needs nothing of the others.
_ALONE: Final = "torch._dynamo._trace_wrapped_higher_order_op"
_allowed: list[Callable[..., Any]] = []


def install() -> None:
    """Let a stand-in be imported for the compiler, where it is not imported already."""
    if _COMPILER not in sys.modules and not any(isinstance(f, _Finder) for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _StandIn(ModuleType):
    """Loads the compiler when anything but the marks is asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # What Python asks of modules by itself.
            raise AttributeError(name)
        _load()
        real = import_module(self.__name__)
        # Whoever still holds the stand-in finds everything in it from now on.
        self.__dict__.update(real.__dict__)
        return getattr(real, name)


class _Finder(MetaPathFinder, Loader):
    """Hands out stand-ins for two modules; for all others of the compiler, the real ones."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path  # that of the stand-in
        if fullname in {_COMPILER, _UTILS}:
            return ModuleSpec(fullname, self, is_package=fullname == _COMPILER)
        if fullname == _ALONE:
            folders = [f"{folder}/_dynamo" for folder in import_module("torch").__path__]
            return PathFinder.find_spec(fullname, folders, target)
        if fullname.startswith(f"{_COMPILER}."):
            real = _load()
            if fullname in sys.modules:
                return ModuleSpec(fullname, self)
            return PathFinder.find_spec(fullname, real.__path__, target)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        known = sys.modules.get(spec.name)
        if known is not None:
            return known
        module = _StandIn(spec.name)
        module.__dict__.update(_KNOWN[spec.name])
        return module

    def exec_module(self, module: ModuleType) -> None:
        del module  # there is nothing to run


def _load() -> ModuleType:
    """From now on there is the real compiler."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    for name in (_COMPILER, _UTILS):
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(torch.__dict__.get("_dynamo"), _StandIn):
        del torch.__dict__["_dynamo"]  # it imports it when it is asked for
    real = import_module(_COMPILER)
    alone = sys.modules.get(_ALONE)
    if alone is not None:
        setattr(real, _ALONE.rpartition(".")[2], alone)
    while _allowed:
        real.allow_in_graph(_allowed.pop())
    return real


def _disable(
    fn: Any = None, recursive: bool = True, *, reason: str | None = None, wrapping: bool = True
) -> Any:
    """`torch._dynamo.disable`: as long as there is no compiler, nothing is kept from it."""
    if fn is None:
        return lambda function: _disable(function, recursive, reason=reason, wrapping=wrapping)
    if isinstance(fn, type):
        return _load().disable(fn, recursive, reason=reason, wrapping=wrapping)
    disabled: list[Callable[..., Any]] = []

    @wraps(fn)
    def late(*arguments: Any, **options: Any) -> Any:
        if isinstance(sys.modules[_COMPILER], _StandIn):
            return fn(*arguments, **options)
        if not disabled:
            real = import_module(_COMPILER)
            disabled.append(real.disable(fn, recursive, reason=reason, wrapping=False))
        return disabled[0](*arguments, **options)

    return late


def _assume_constant_result(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`torch._dynamo.assume_constant_result`: a mark, too."""
    fn.__dict__["_dynamo_marked_constant"] = True
    return fn


def _allow_in_graph(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`torch._dynamo.allow_in_graph`: the compiler is told when it is there."""
    _allowed.append(fn)
    return fn


def _graph_break(msg: str = "") -> None:
    """`torch._dynamo.graph_break`, as optimizers say at each step: nothing is compiled yet."""
    del msg


def _is_compile_supported(device_type: Any) -> Any:
    """As torchvision asks before it runs a kernel, not when it is imported."""
    _load()
    return import_module(_UTILS).is_compile_supported(device_type)


_KNOWN: Final[dict[str, dict[str, Any]]] = {
    _COMPILER: {
        "disable": _disable,
        "assume_constant_result": _assume_constant_result,
        "allow_in_graph": _allow_in_graph,
        "graph_break": _graph_break,
    },
    _UTILS: {"is_compile_supported": _is_compile_supported},
}
