"""All operations of the device: the CPU's, on the device's memory."""

from typing import Any

import torch
from torch import Tensor

from tests.later import copies
from tests.later.autocast import register_autocast
from tests.later.dlpack import NAME, block_of, is_ours, on_device, on_host
from tests.later.waits import WAITS

# Their result, or its size, is known to the host only when the device has computed it.
_ASKS = (
    *("_local_scalar_dense", "equal", "is_nonzero", "nonzero", "masked_select", "bincount"),
    *("_unique", "_unique2", "unique_dim", "unique_consecutive", "repeat_interleave", "histc"),
)
_UPDATES = ("_fused_adamw_", "_foreach_addcdiv_")
_MASKABLE = ("index", "index_put", "index_put_", "_index_put_impl_", "_unsafe_index_put")
_NO_BFLOAT16 = "later was told to have no bfloat16"


class Kernels:
    """Computes; there is one for the process.

    Attributes:
        has_bfloat16: Whether it knows bfloat16.
    """

    def __init__(self) -> None:
        self.has_bfloat16 = True
        self._libraries: list[torch.library.Library] = []

    def register(self) -> None:
        """Be torch's kernels of the device from now on."""
        everything = torch.library.Library("_", "IMPL")
        everything.fallback(self._compute, "PrivateUse1")
        aten = torch.library.Library("aten", "IMPL")
        aten.impl("copy_", copies.copy_, "PrivateUse1")
        aten.impl("resize_", _resize, "PrivateUse1")
        aten.impl("convolution_overrideable", self._convolve, "PrivateUse1")
        aten.impl("convolution_backward_overrideable", self._convolve_backward, "PrivateUse1")
        register_autocast(everything, aten)
        self._libraries += [everything, aten]

    def _convolve(self, *args: Any) -> Any:
        return self._compute(torch.ops.aten.convolution.default, *args)

    def _convolve_backward(self, grad: Tensor, x: Tensor, weight: Tensor, *args: Any) -> Any:
        has_bias = args[-1][2]
        sizes = [weight.shape[0]] if has_bias else None
        op = torch.ops.aten.convolution_backward.default
        return self._compute(op, grad, x, weight, sizes, *args)

    def _compute(self, op: Any, *args: Any, **kwargs: Any) -> Any:
        name = op._schema.name.rpartition("::")[2]
        if name in _ASKS or (name in _MASKABLE and _has_mask(args[1])):
            copies.wait(name)
        elif name in _UPDATES:
            WAITS.note_update()
        ours: dict[int, Tensor] = {}

        # Not by torch's trees, which would take half of the time.
        lowered = [self._lowered(name, value, ours) for value in args]
        named = {key: self._lowered(name, value, ours) for key, value in kwargs.items()}
        _renew_outputs(op, named, ours)
        found = op(*lowered, **named)
        raised = [self._raised(op, index, value, ours, args) for index, value in _each(op, found)]
        if name.startswith("empty"):
            _poison(raised[0])
        if not op._schema.returns:
            return None
        return raised[0] if len(op._schema.returns) == 1 else tuple(raised)

    def _lowered(self, name: str, value: Any, ours: dict[int, Tensor]) -> Any:
        """An argument as the CPU's kernel takes it."""
        if isinstance(value, list | tuple):
            return [self._lowered(name, each, ours) for each in value]
        if isinstance(value, torch.device) and value.type == NAME:
            return torch.device("cpu")
        if is_ours(value):
            host = on_host(value)
            ours[id(host)] = value
            # Alive as long as its identity matters.
            ours[-id(host)] = host
            return host
        if isinstance(value, Tensor) and value.dim() and value.device.type == "cpu":
            raise RuntimeError(f"{name} got a tensor of the device and one of the CPU")
        return value

    def _raised(
        self, op: Any, index: int, value: Any, ours: dict[int, Tensor], args: tuple[Any, ...]
    ) -> Any:
        if isinstance(value, list | tuple):
            return [self._raised(op, index, each, ours, args) for each in value]
        if not isinstance(value, Tensor):
            return value
        if id(value) in ours:
            device = ours[id(value)]
            if device.shape != value.shape:
                # The kernel has given it its size.
                device.data = on_device(value)
            elif value.data_ptr() != device.data_ptr():
                on_host(device).copy_(value)
            return device
        if value.dtype == torch.bfloat16 and not self.has_bfloat16:
            raise RuntimeError(_NO_BFLOAT16)
        alias = op._schema.returns[index].alias_info
        if alias is None or alias.is_write:
            return on_device(value)
        if torch.is_inference_mode_enabled() and not args[0].is_inference():
            # A view of a parameter is none of an inference's own tensors.
            with torch.inference_mode(mode=False):
                return on_device(value, block_of(args[0]))
        return on_device(value, block_of(args[0]))


def _each(op: Any, found: Any) -> list[tuple[int, Any]]:
    """Each of the values that an operation returns, with its number in the schema."""
    if len(op._schema.returns) <= 1:
        return [(0, found)] if op._schema.returns else []
    return list(enumerate(found))


def _renew_outputs(op: Any, named: dict[str, Any], ours: dict[int, Tensor]) -> None:
    """Some kernels give an output another size, and would write beyond its memory."""
    for argument in op._schema.arguments:
        if argument.is_out:
            fresh = torch.empty(0, dtype=named[argument.name].dtype)
            ours[id(fresh)], ours[-id(fresh)] = ours[id(named[argument.name])], fresh
            named[argument.name] = fresh


def _resize(tensor: Tensor, size: list[int], *, memory_format: Any = None) -> Tensor:
    del memory_format
    larger = torch.empty(size, dtype=tensor.dtype)
    kept = min(larger.numel(), tensor.numel())
    larger.view(-1)[:kept] = on_host(tensor).reshape(-1)[:kept]
    tensor.data = on_device(larger)
    return tensor


def _has_mask(indices: Any) -> bool:
    return any(i is not None and i.dtype in (torch.bool, torch.uint8) for i in indices)


def _poison(tensor: Tensor) -> None:
    """Memory that nobody wrote to is no number."""
    if tensor.is_floating_point() and tensor.numel():
        on_host(tensor).fill_(float("nan"))


KERNELS = Kernels()
