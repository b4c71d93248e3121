"""Where and how precisely to train: chosen once, said in words, carried by accelerate."""

import os
from dataclasses import dataclass
from datetime import timedelta

import torch
from accelerate import Accelerator
from accelerate.utils import InitProcessGroupKwargs

from core.devices.kind import DeviceKind
from core.devices.table import added_kinds, kind_of
from core.errors import RunError
from core.recipe import RuntimeRecipe
from core.training.allocator import keep_freed_memory
from core.training.compiling import is_packaged, why_not_compile
from core.training.waiting import sleep_beside_others

_ACCELERATE_NAMES = {"float32": "no", "bfloat16": "bf16", "float16": "fp16"}
# Ranks wait for each other while rank 0 waits for disk space: that may take a weekend.
_PATIENCE = timedelta(days=7)


@dataclass(frozen=True)
class Hardware:
    """The device of this process, and accelerate set up for it.

    Attributes:
        accelerator: Owns precision, the gradient scaler and the distributed wrapper.
        device_in_words: For people, with the reason when it is not a GPU.
        precision: `float32`, `bfloat16` or `float16`.
    """

    accelerator: Accelerator
    device_in_words: str
    precision: str

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


def set_up_hardware(runtime: RuntimeRecipe) -> Hardware:
    """Choose device and precision and start accelerate (once per process).

    Raises:
        RunError: The recipe names a device or precision that this machine lacks, or asks for
            compiled steps and it has no compiler.
    """
    kind = _device_type(runtime.device)
    precision = choose_precision(runtime.precision, kind)
    if runtime.compile and not is_packaged() and (reason := why_not_compile(kind)):
        raise RunError("compile-unavailable", reason=reason)
    if ":" in runtime.device:
        os.environ["ACCELERATE_TORCH_DEVICE"] = runtime.device
    elif kind in added_kinds():
        os.environ["ACCELERATE_TORCH_DEVICE"] = kind
    _set_threads(runtime.threads)
    if kind == "cpu":
        keep_freed_memory()
    # Also beside a GPU, where the processor's threads have little to do.
    sleep_beside_others()
    kind_of(torch.device(kind)).prepare()
    accelerator = Accelerator(
        cpu=kind == "cpu",
        mixed_precision=_ACCELERATE_NAMES[precision],
        kwargs_handlers=[InitProcessGroupKwargs(timeout=_PATIENCE)],
    )
    return Hardware(accelerator, _in_words(accelerator.device), precision)


def runtime_on(runtime: RuntimeRecipe, device: str) -> RuntimeRecipe:
    """The runtime of one process of several; those that share the CPU share its cores."""
    threads, sharing = runtime.threads, runtime.devices.count("cpu")
    if threads is None and device == "cpu" and sharing > 1:
        threads = max(1, (os.cpu_count() or 1) // sharing)
    return runtime.model_copy(update={"device": device, "threads": threads})


def best_device() -> torch.device:
    """Where to compute what nobody wants on a certain device."""
    return torch.device(_device_type("auto"))


def _device_type(asked: str) -> str:
    kind, _, index = asked.partition(":")
    if kind == "auto":
        kinds = (*added_kinds(), "cuda", "mps", "xpu")
        return next((name for name in kinds if _available(name)), "cpu")
    if kind != "cpu" and not _available(kind):
        raise RunError("device-unavailable", device=asked, reason=why_no_gpu(kind))
    if index and int(index) >= torch.cuda.device_count():
        reason = f"this machine has only {torch.cuda.device_count()} of them"
        raise RunError("device-unavailable", device=asked, reason=reason)
    return kind


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
    if kind == "cuda" and torch.version.cuda is None and torch.version.hip is None:
        return "the installed torch is a CPU build"
    if kind == "cuda":
        return "torch finds no NVIDIA or AMD GPU with a working driver"
    return f"torch finds no {kind} device"


def choose_precision(asked: str, kind: str) -> str:
    """The precision to train in on a device of that kind.

    `auto` is bfloat16 where the hardware computes in it, else float32: float16 needs a loss
    scaler and is for those who ask for it.
    """
    if asked == "auto":
        return "bfloat16" if has_bfloat16(kind) else "float32"
    if asked == "float16" and kind != "cuda":
        reason = "float16 training needs a CUDA device"
        raise RunError("precision-unavailable", precision=asked, reason=reason)
    return asked


def has_bfloat16(kind: str) -> bool:
    """Whether the device multiplies bfloat16 matrices in hardware."""
    if kind in added_kinds():
        return added_kinds()[kind].has_bfloat16
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind == "xpu":
        return True
    if kind == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False


def _set_threads(asked: int | None) -> None:
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if asked is not None:
        torch.set_num_threads(asked)
    elif local > 1:
        # torchrun sets one thread per process; share the cores instead.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // local))


def _in_words(device: torch.device) -> str:
    if device.type in added_kinds():
        return added_kinds()[device.type].in_words
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        gib = properties.total_memory / 2**30
        return f"{properties.name} ({gib:.0f} GiB)"
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"CPU, {threads} thread{'s' if threads != 1 else ''} ({why_no_gpu()})"
    return device.type.upper()
