"""Tensors of the device over memory of the CPU, and back: through DLPack's C structures.

torch exports a CPU tensor as a `DLManagedTensor` (dmlc/dlpack, `dlpack.h`). With another type of
device written into it, torch imports it again as a tensor of the backend that lives outside of it.
"""

import ctypes
import weakref
from typing import Any

import torch
from torch import Tensor

from tests.later.memory import Block

NAME = "later"
# dlpack.h: kDLExtDev.
_EXTERNAL = 12


class _Begin(ctypes.Structure):
    """How a `DLManagedTensor` begins."""

    _fields_ = (("data", ctypes.c_void_p), ("kind", ctypes.c_int32), ("index", ctypes.c_int32))


_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]

# By torch's storage: the memory that it lies in.
_blocks: weakref.WeakValueDictionary[int, Block] = weakref.WeakValueDictionary()


def on_device(host: Tensor, block: Block | None = None) -> Tensor:
    """A tensor of the device in the memory of a CPU tensor, which is its own from now on.

    Args:
        host: Where it lies, strides and all.
        block: The memory, where others lie in it too; counted as new if None.
    """
    block = block or Block(host)
    # They hold on to the block: a callback of ours would swallow errors that torch passes on.
    held = _at(host.data_ptr(), host, block) if host.numel() else host
    capsule = torch.utils.dlpack.to_dlpack(held)
    _Begin.from_address(_pointer_of(capsule, b"dltensor")).kind = _EXTERNAL
    made: Tensor = torch.utils.dlpack.from_dlpack(capsule)
    _blocks[made.untyped_storage()._cdata] = block
    return made


def _at(address: int, like: Tensor, block: Block | None = None) -> Tensor:
    shape, strides = like.shape, like.stride()
    last = sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    memory: Any = (ctypes.c_char * ((last + 1) * like.element_size())).from_address(address)
    memory.block = block
    return torch.frombuffer(memory, dtype=like.dtype).as_strided(shape, strides)


def block_of(tensor: Tensor) -> Block | None:
    """The memory that a tensor of the device lies in; None of one without numbers."""
    return _blocks.get(tensor.untyped_storage()._cdata)


def on_host(tensor: Tensor) -> Tensor:
    """A CPU tensor in the memory of one of the device."""
    if not tensor.numel():
        return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype)
    return _at(tensor.data_ptr(), tensor)


def is_ours(value: object) -> bool:
    """Whether it is a tensor of the device."""
    return isinstance(value, Tensor) and value.device.type == NAME
