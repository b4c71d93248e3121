"""Where and how precisely to train: chosen once, said in words, carried by accelerate."""

import math
import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from core.devices.kind import DeviceKind
from core.devices.table import added_kinds, kind_of
from core.errors import RunError
from core.language import _, ngettext
from core.recipe import RuntimeRecipe
from core.system.kernels import Gpu, best_precision, has_tf32
from core.training.allocator import keep_freed_memory
from core.training.compiling import is_packaged, why_not_compile
from core.training.gpus import (
    choose_gpu,
    gpus_here,
    place_of_process,
    require_enough,
    why_it_fails,
    why_none,
)
from core.training.peers import Peers, connect
from core.training.threads import set_threads
from core.training.waiting import sleep_beside_others

_ACCELERATE_NAMES = {"float32": "no", "bfloat16": "bf16", "float16": "fp16"}


@dataclass(frozen=True)
class Hardware:
    """The device of this process, and accelerate set up for it.

    Attributes:
        accelerator: Owns precision, the gradient scaler and the distributed wrapper.
        device_in_words: For people, with the reason when it is not a GPU.
        precision: `float32`, `bfloat16` or `float16`.
        peers: The other processes that train together; None where there are none.
    """

    accelerator: Accelerator
    device_in_words: str
    precision: str
    peers: Peers | None = None

    @property
    def device(self) -> torch.device:
        """The device of this process."""
        device = self.accelerator.device
        assert isinstance(device, torch.device)
        return device

    @property
    def kind(self) -> DeviceKind:
        """What can be asked of the device."""
        return kind_of(self.device)

    @property
    def rank(self) -> int:
        """Rank of this process."""
        return int(self.accelerator.process_index)

    @property
    def world(self) -> int:
        """Number of processes that train together."""
        return int(self.accelerator.num_processes)


def set_up_hardware(runtime: RuntimeRecipe, peers: Peers | None = None) -> Hardware:
    """Choose device and precision and start accelerate.

    Done again in the same process with another device or precision, the latter hold.

    Args:
        runtime: What was asked.
        peers: The other processes that train together.

    Raises:
        RunError: The recipe names a device or precision that this machine lacks, or asks for
            compiled steps and it has no compiler; there are more processes than GPUs; another
            process failed.
    """
    chosen = _choose(runtime.device)
    kind, gpu = chosen.kind, chosen.gpu
    precision = choose_precision(runtime.precision, kind, gpu)
    if runtime.compile == "on" and not is_packaged() and (reason := why_not_compile(kind)):
        raise RunError("compile-unavailable", reason=reason)
    if kind in added_kinds():
        os.environ["ACCELERATE_TORCH_DEVICE"] = kind
    if gpu is not None:
        os.environ["ACCELERATE_TORCH_DEVICE"] = f"cuda:{gpu.index}"
        # Whoever asks "the current device" for its memory means this one.
        torch.cuda.set_device(gpu.index)
    uses_tf32 = gpu is not None and precision == "float32" and has_tf32(gpu) and runtime.tf32
    if gpu is not None:
        multiply_in_tf32(uses_tf32)
    set_threads(runtime.threads)
    if kind == "cpu":
        keep_freed_memory()
    # Also beside a GPU, where the processor's threads have little to do.
    sleep_beside_others()
    kind_of(torch.device(kind)).prepare()
    if peers is not None:
        connect(peers, backend_of(kind, shares_gpu=":" in runtime.device))
    _forget_other(kind, _ACCELERATE_NAMES[precision], alone=peers is None)
    accelerator = Accelerator(cpu=kind == "cpu", mixed_precision=_ACCELERATE_NAMES[precision])
    assert peers is None or accelerator.num_processes == peers.world
    words = _in_words(accelerator.device, chosen.why_cpu) + (
        ", float32 in TF32" if uses_tf32 else ""
    )
    return Hardware(accelerator, words, precision, peers)


def _forget_other(kind: str, precision: str, *, alone: bool) -> None:
    """Let accelerate begin anew where this process had it set up otherwise.

    It keeps one precision for a process, but a Python session may look at one model after another.
    """
    known = AcceleratorState._shared_state  # noqa: SLF001  (asking an instance would set it up)
    if known and (known["_mixed_precision"], known["device"].type) != (precision, kind):
        AcceleratorState._reset_state(reset_partial_state=alone)  # noqa: SLF001


def backend_of(kind: str, *, shares_gpu: bool) -> str:
    """What torch sums gradients with; what processes tell each other goes over gloo in any case.

    Args:
        kind: Of the device.
        shares_gpu: Whether several processes compute on one GPU, which NCCL refuses.
    """
    if kind == "cuda" and not shares_gpu and dist.is_nccl_available():
        return "cpu:gloo,cuda:nccl"
    if kind == "xpu" and dist.is_xccl_available():
        return "cpu:gloo,xpu:xccl"
    return "gloo"


def multiply_in_tf32(wanted: bool) -> None:
    """Let CUDA multiply float32 in TF32, or not."""
    # The older interface: what torch.compile reads (pytorch/pytorch#189955).
    torch.set_float32_matmul_precision("high" if wanted else "highest")
    torch.backends.cudnn.allow_tf32 = wanted


def runtime_on(runtime: RuntimeRecipe, device: str) -> RuntimeRecipe:
    """The runtime of one process of several; those that share the CPU share its cores."""
    threads, sharing = runtime.threads, runtime.devices.count("cpu")
    if threads is None and device == "cpu" and sharing > 1:
        threads = max(1, (os.cpu_count() or 1) // sharing)
    return runtime.model_copy(update={"device": device, "threads": threads})


def device_to_answer(asked: str, precision: str) -> tuple[torch.device, str, str]:
    """A device to predict on, the precision that it does that in, and the device in words.

    Args:
        asked: As in the recipe.
        precision: As in the recipe.

    Raises:
        RunError: This machine lacks the device, or the device the precision.
    """
    chosen = _choose(asked)
    kind, gpu = chosen.kind, chosen.gpu
    device = torch.device(kind if gpu is None else f"cuda:{gpu.index}")
    return device, choose_precision(precision, kind, gpu), _in_words(device, chosen.why_cpu)


@dataclass(frozen=True)
class _Chosen:
    """A kind of device; of the kind `cuda` which one; of the kind `cpu` why no GPU."""

    kind: str
    gpu: Gpu | None = None
    why_cpu: str = ""


def _choose(asked: str) -> _Chosen:
    kind = asked.partition(":")[0]
    if kind == "auto" and added_kinds():
        return _Chosen(next(iter(added_kinds())))
    rank, processes = place_of_process()
    why_cpu = ""
    if kind == "cuda" or (kind == "auto" and _available("cuda")):
        found = choose_gpu(asked, gpus_here(), why_it_fails, local_rank=rank, local_world=processes)
        if isinstance(found, Gpu):
            return _Chosen("cuda", found)
        why_cpu = found
    if kind == "auto":
        kind = next((name for name in ("mps", "xpu") if _available(name)), "cpu")
        why_cpu = why_cpu or why_no_gpu()
    if kind == "cpu":
        return _Chosen(kind, why_cpu=why_cpu or _("as asked"))
    if not _available(kind):
        raise RunError("device-unavailable", device=asked, reason=why_no_gpu(kind))
    require_enough(kind, processes)
    return _Chosen(kind)


def _available(kind: str) -> bool:
    if kind in added_kinds():
        return True
    if kind == "cuda":
        return torch.cuda.is_available()
    if kind == "mps":
        return torch.backends.mps.is_available()
    return hasattr(torch, "xpu") and torch.xpu.is_available()


def why_no_gpu(kind: str = "cuda") -> str:
    """Why torch does not see a GPU of that kind, in words."""
    if kind == "cuda":
        return why_none([])
    return _("torch finds no {kind} device").format(kind=kind)


def choose_precision(asked: str, kind: str, gpu: Gpu | None = None) -> str:
    """The precision to train in on a device of that kind.

    `auto` is bfloat16 where the hardware computes in it, else float16 with a scaler of the loss
    where that is fast, else float32.

    Args:
        asked: As in the recipe.
        kind: Of the device.
        gpu: Which one, of the kind `cuda`.

    Raises:
        RunError: The device can't train in what was asked.
    """
    if asked == "auto":
        if gpu is not None:
            return best_precision(gpu)
        if kind == "mps":
            return best_that_works(kind)
        return "bfloat16" if has_bfloat16(kind) else "float32"
    if asked == "float16" and not (kind == "cuda" or (kind == "mps" and trains_in(kind, asked))):
        reason = _("float16 training needs a CUDA device or a Mac's GPU")
        raise RunError("precision-unavailable", precision=asked, reason=reason)
    return asked


def best_that_works(kind: str) -> str:
    """The first precision that a device of that kind trains in, tried on something small."""
    return next((name for name in ("bfloat16", "float16") if trains_in(kind, name)), "float32")


def trains_in(kind: str, precision: str) -> bool:
    """Whether autocast to a precision gives right products and gradients on a device."""
    dtype = getattr(torch, precision)
    try:
        weight = torch.ones(16, 16, device=kind, requires_grad=True)
        with torch.autocast(kind, dtype):
            product = weight @ weight
        scaler = torch.amp.GradScaler(kind, enabled=precision == "float16", init_scale=8.0)
        torch.autograd.backward(scaler.scale(product.float().sum()))
    except (RuntimeError, TypeError, ValueError):
        # torch's builds differ in which of these says that something is missing.
        return False
    assert weight.grad is not None
    # Each number is in 16 products of a row and 16 of a column.
    slope = 32.0 * (8.0 if precision == "float16" else 1.0)
    is_right = bool((product == 16).all()) and math.isclose(float(weight.grad.mean()), slope)
    return product.dtype == dtype and is_right


def has_bfloat16(kind: str) -> bool:
    """Whether a device, other than of the kind `cuda`, multiplies bfloat16 in hardware."""
    if kind in added_kinds():
        return added_kinds()[kind].has_bfloat16
    if kind == "xpu":
        return True
    if kind == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False


def _in_words(device: torch.device, why_cpu: str) -> str:
    if device.type in added_kinds():
        return added_kinds()[device.type].in_words
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        gib = properties.total_memory / 2**30
        return f"{properties.name} ({gib:.0f} GiB)"
    if device.type == "cpu":
        threads = torch.get_num_threads()
        words = ngettext("CPU, {number} thread ({why})", "CPU, {number} threads ({why})", threads)
        return words.format(number=threads, why=why_cpu)
    return device.type.upper()
