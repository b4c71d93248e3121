"""Tensors of the device over memory of the CPU, and back: through DLPack's C structures.

See dmlc/dlpack, `dlpack.h`: `DLManagedTensor`. torch takes device type 12 (`kDLExtDev`) for the
backend that lives outside of it.
"""

import atexit
import ctypes
from typing import Any

import torch
from torch import Tensor

from tests.later.memory import Block

NAME = "later"
_EXTERNAL = 12
_FLOAT, _BFLOAT, _INT, _UINT, _BOOL = 2, 4, 0, 1, 6
_CODES = {
    torch.float64: (_FLOAT, 64),
    torch.float32: (_FLOAT, 32),
    torch.float16: (_FLOAT, 16),
    torch.bfloat16: (_BFLOAT, 16),
    torch.int64: (_INT, 64),
    torch.int32: (_INT, 32),
    torch.int16: (_INT, 16),
    torch.int8: (_INT, 8),
    torch.uint8: (_UINT, 8),
    torch.bool: (_BOOL, 8),
}
# Of tensors without elements; nothing is ever read there.
_NOWHERE = 64


class _Device(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_int32), ("index", ctypes.c_int32))


class _DataType(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16))


class _Tensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device", _Device),
        ("ndim", ctypes.c_int32),
        ("dtype", _DataType),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    )


class _Managed(ctypes.Structure):
    pass


_DELETER = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Managed))
_Managed._fields_ = (
    ("tensor", _Tensor),
    ("context", ctypes.c_void_p),
    ("deleter", _DELETER),
)
_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]

# By the address of its structure: all that a tensor of the device needs as long as it lives.
_alive: dict[int, tuple[Any, ...]] = {}
# By torch's storage: the memory that it lies in.
_blocks: dict[int, Block] = {}


@_DELETER
def _let_go(managed: Any) -> None:
    kept = _alive.pop(ctypes.addressof(managed.contents), None)
    if kept is not None:
        _blocks.pop(kept[-1][0], None)


def on_device(host: Tensor, block: Block | None = None) -> Tensor:
    """A tensor of the device in the memory of a CPU tensor, which is its own from now on.

    Args:
        host: Where it lies, strides and all.
        block: The memory, where others lie in it too; counted as new if None.
    """
    block = block or Block(host)
    count = max(1, host.dim())
    shape = (ctypes.c_int64 * count)(*host.shape)
    strides = (ctypes.c_int64 * count)(*host.stride())
    managed = _Managed()
    tensor = managed.tensor
    tensor.data = host.data_ptr() if host.numel() else _NOWHERE
    tensor.device = _Device(_EXTERNAL, 0)
    tensor.ndim = host.dim()
    tensor.dtype = _DataType(*_CODES[host.dtype], 1)
    tensor.shape, tensor.strides, tensor.byte_offset = shape, strides, 0
    managed.deleter = _let_go
    address = ctypes.addressof(managed)
    storage: list[int] = []
    _alive[address] = (managed, shape, strides, host, block, storage)
    made: Tensor = torch.utils.dlpack.from_dlpack(_new_capsule(address, b"dltensor", None))
    storage.append(made.untyped_storage()._cdata)
    _blocks[storage[0]] = block
    return made


def block_of(tensor: Tensor) -> Block:
    """The memory that a tensor of the device lies in."""
    return _blocks[tensor.untyped_storage()._cdata]


def on_host(tensor: Tensor) -> Tensor:
    """A CPU tensor in the memory of one of the device."""
    if not tensor.numel():
        return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype)
    last = sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True)
    )
    num_bytes = (last + 1) * tensor.element_size()
    memory = (ctypes.c_char * num_bytes).from_address(tensor.data_ptr())
    return torch.frombuffer(memory, dtype=tensor.dtype).as_strided(tensor.shape, tensor.stride())


def is_ours(value: object) -> bool:
    """Whether it is a tensor of the device."""
    return isinstance(value, Tensor) and value.device.type == NAME


@atexit.register
def _forget() -> None:
    # torch frees what is left after Python has ended, and must not call back then.
    for kept in _alive.values():
        kept[0].deleter = _DELETER(0)
        for part in kept[:3]:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(part))
