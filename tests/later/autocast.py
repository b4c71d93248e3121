"""Autocast on the device, by CUDA's lists of operations as far as the program uses them."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from tests.later.dlpack import NAME

_LOW = (
    *("matmul", "linear", "mm", "bmm", "addmm", "baddbmm", "mv"),
    *("conv1d", "conv2d", "conv3d", "scaled_dot_product_attention"),
)
_FLOAT32 = (
    *("layer_norm", "native_layer_norm", "softmax.int", "log_softmax.int", "cross_entropy_loss"),
    *("mse_loss", "nll_loss", "kl_div", "exp", "log", "pow.Tensor_Scalar", "rsqrt", "sum"),
    *("sum.dim_IntList", "cumsum", "norm.Scalar", "group_norm"),
)
_KEYS = torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)


def register_autocast(everything: torch.library.Library, aten: torch.library.Library) -> None:
    """Teach torch's dispatcher."""
    everything.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
    for name in _LOW:
        aten.impl(name, _cast(name, lambda: torch.get_autocast_dtype(NAME)), "AutocastPrivateUse1")
    for name in _FLOAT32:
        aten.impl(name, _cast(name, lambda: torch.float32), "AutocastPrivateUse1")


def _cast(name: str, wanted: Callable[[], torch.dtype]) -> Callable[..., Any]:
    packet, _, overload = name.partition(".")
    op = getattr(getattr(torch.ops.aten, packet), overload or "default")

    def compute(*args: Any, **kwargs: Any) -> Any:
        dtype = wanted()

        def cast(value: Any) -> Any:
            is_float = isinstance(value, Tensor) and value.is_floating_point()
            return value.to(dtype) if is_float and value.device.type == NAME else value

        with torch._C._ExcludeDispatchKeyGuard(_KEYS):
            return op(*tree_map(cast, args), **tree_map(cast, kwargs))

    return compute
