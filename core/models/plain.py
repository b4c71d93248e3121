"""Whether a layer computes what its weights say, so that it may be computed without a call of it.

Some places compute only a part of a layer, straight from its `weight` and `bias`. Whatever lies
around a layer (an adapter, a hook, a parametrization) is no part of those two: skipped, it would be
trained or exported as if it were not there, without a word. So such a place asks here first, and
calls the layer, or refuses it, where it is not plain.
"""

from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

from torch import nn

from core.errors import RunError

Layer = TypeVar("Layer", bound=nn.Module)


def is_plain(module: nn.Module, kind: type[Layer], *known: Callable[..., Any]) -> TypeGuard[Layer]:
    """Whether a call of `module` does no more than `kind.forward` on its own parameters.

    Args:
        module: May be of any type.
        kind: The very class: a subclass may compute otherwise, and a parametrized module is one.
        *known: Hooks that the caller makes up for.
    """
    hooks = (
        module._forward_pre_hooks,  # noqa: SLF001  (torch tells of hooks in no other way)
        module._forward_hooks,  # noqa: SLF001
        module._backward_pre_hooks,  # noqa: SLF001
        module._backward_hooks,  # noqa: SLF001
    )
    return (
        type(module) is kind
        # Some libraries put another `forward` on the object itself.
        and "forward" not in module.__dict__
        and all(hook in known for each in hooks for hook in each.values())
    )


def require_plain(module: nn.Module, kind: type[nn.Module], *, name: str, why: str) -> None:
    """Refuse a layer that is not plain.

    Args:
        module: The layer.
        kind: As in `is_plain`.
        name: What it is called.
        why: What its weights are read for, as `… reads its weights`.

    Raises:
        RunError: It is of another type, or has hooks or another `forward`.
    """
    if not is_plain(module, kind):
        found = type(module).__name__
        found = f"{found} with hooks" if type(module) is kind else found
        raise RunError("layer-not-plain", layer=name, kind=kind.__name__, found=found, why=why)
