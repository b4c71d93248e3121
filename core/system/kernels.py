"""Whether a build of torch can compute on a GPU, and how precisely it best does.

Facts in, judgements out: torch is asked elsewhere (`core.training.gpus`), so that each judgement
can be tested for GPUs that are not here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Precision = Literal["float32", "bfloat16", "float16"]

# Turing without tensor cores: several of its float16 kernels give NaN (pytorch/pytorch#58123).
_NO_HALF = re.compile(r"\bGTX 16\d\d")
_AMPERE = (8, 0)
_VOLTA = (7, 0)


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A GPU of NVIDIA or AMD as torch sees it.

    Attributes:
        index: torch's number of it: it is the device `cuda:index`.
        name: Of the product.
        capability: NVIDIA's compute capability; (0, 0) for AMD.
        architecture: AMD's, such as `gfx942`; empty for NVIDIA.
        why_not: Why this torch can't compute on it; empty when it can.
    """

    index: int
    name: str
    capability: tuple[int, int] = (0, 0)
    architecture: str = ""
    why_not: str = ""


def why_no_kernels(gpu: Gpu, built_for: Sequence[str]) -> str:
    """Why a build of torch has nothing that runs on a GPU; empty where it has, or does not tell.

    Args:
        gpu: Which.
        built_for: As `torch.cuda.get_arch_list` says: `sm_86` is code for capability 8.6, which
            runs on later ones of the same major number; `sm_90a` runs on 9.0 alone; `compute_90`
            is compiled by the driver for any later one. Of AMD names like `gfx942`.
    """
    if not built_for:
        return ""
    if gpu.architecture:
        if gpu.architecture in built_for or any("generic" in name for name in built_for):
            return ""
        known = ", ".join(built_for)
        return f"this torch has no kernels for {gpu.architecture}; it was built for {known}"
    if any(_runs_on(gpu.capability, name) for name in built_for):
        return ""
    has = ".".join(map(str, gpu.capability))
    known = ", ".join(dict.fromkeys(_in_words(name) for name in built_for))
    return f"this torch has no kernels for its compute capability {has}; it was built for {known}"


def way_out(gpu: Gpu, built_for: Sequence[str]) -> str:
    """What to do about a GPU that a build of torch has no kernels for."""
    if gpu.architecture:
        return "Install a build of torch for this GPU, choose another one, or train on the CPU."
    oldest = min((_parsed(name)[1] for name in built_for), default=(0, 0))
    if gpu.capability < oldest:
        return (
            "It is too old for this torch: torch 2.14 for CUDA 12.6 was the last that had kernels "
            "for it (resources/help/platforms.md says how to install it). Otherwise use another "
            "GPU (runtime.device), or train on the CPU."
        )
    return (
        "Install a newer build of torch (resources/help/platforms.md says how). Otherwise use "
        "another GPU (runtime.device), or train on the CPU."
    )


def best_precision(gpu: Gpu) -> Precision:
    """What a GPU trains fastest in without losing anything.

    bfloat16 where it is multiplied in hardware: NVIDIA's since Ampere, AMD's. float16, with a
    scaler of the loss, on Volta and Turing (V100, T4, RTX 20xx), which only emulate bfloat16.
    """
    if gpu.architecture or gpu.capability >= _AMPERE:
        return "bfloat16"
    if gpu.capability >= _VOLTA and not _NO_HALF.search(gpu.name):
        return "float16"
    return "float32"


def has_tf32(gpu: Gpu) -> bool:
    """Whether it multiplies float32 matrices faster in TF32, with 10 bits of mantissa."""
    return not gpu.architecture and gpu.capability >= _AMPERE


def _parsed(name: str) -> tuple[str, tuple[int, int], str]:
    """(`sm` or `compute`, capability, suffix) of a name such as `sm_120a`."""
    found = re.fullmatch(r"(sm|compute)_(\d+)(\d)([a-z]*)", name)
    if found is None:
        return ("", (0, 0), "")
    kind, major, minor, suffix = found.groups()
    return (kind, (int(major), int(minor)), suffix)


def _runs_on(capability: tuple[int, int], name: str) -> bool:
    kind, code, suffix = _parsed(name)
    if suffix == "a":
        return capability == code
    if kind == "compute" and not suffix:
        return capability >= code
    return bool(kind) and capability[0] == code[0] and capability[1] >= code[1]


def _in_words(name: str) -> str:
    kind, code, _ = _parsed(name)
    number = ".".join(map(str, code))
    return f"{number} and later" if kind == "compute" else number if kind else name
