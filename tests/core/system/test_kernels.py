"""What a build of torch can do on GPUs that are not here."""

import pytest

from core.system.kernels import Gpu, best_precision, has_tf32, way_out, why_no_kernels

# torch 2.15 for CUDA 13.2, and the last for CUDA 12.6.
NOW = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120")
BEFORE = ("sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90")


def nvidia(name: str, capability: tuple[int, int]) -> Gpu:
    return Gpu(index=0, name=name, capability=capability)


def amd(architecture: str) -> Gpu:
    return Gpu(index=0, name="Radeon", architecture=architecture)


P100 = nvidia("Tesla P100-PCIE-16GB", (6, 0))
GTX_1080 = nvidia("NVIDIA GeForce GTX 1080", (6, 1))
V100 = nvidia("Tesla V100-SXM2-16GB", (7, 0))
GTX_1660 = nvidia("NVIDIA GeForce GTX 1660 SUPER", (7, 5))
T4 = nvidia("Tesla T4", (7, 5))
RTX_2080 = nvidia("NVIDIA GeForce RTX 2080 Ti", (7, 5))
A100 = nvidia("NVIDIA A100-SXM4-80GB", (8, 0))
RTX_3090 = nvidia("NVIDIA GeForce RTX 3090", (8, 6))
ORIN = nvidia("Orin", (8, 7))
RTX_4090 = nvidia("NVIDIA GeForce RTX 4090", (8, 9))
H200 = nvidia("NVIDIA H200", (9, 0))
THOR = nvidia("NVIDIA Thor", (11, 0))
RTX_5090 = nvidia("NVIDIA GeForce RTX 5090", (12, 0))


@pytest.mark.parametrize(
    ("gpu", "built_for", "runs"),
    [
        (P100, NOW, False),
        (GTX_1080, NOW, False),
        (V100, NOW, False),
        (THOR, NOW, False),
        (T4, NOW, True),
        (A100, NOW, True),
        # Code for 8.0 and 8.6 runs on later ones of the same major number.
        (ORIN, NOW, True),
        (RTX_4090, NOW, True),
        (H200, NOW, True),
        (RTX_5090, NOW, True),
        (GTX_1080, BEFORE, True),
        (V100, BEFORE, True),
        (RTX_5090, BEFORE, False),
        # The driver compiles PTX for any later GPU, not for an earlier one.
        (RTX_5090, ("sm_80", "compute_90"), True),
        (RTX_4090, ("compute_90",), False),
        # Code with a suffix: `a` for that capability alone, `f` for its family.
        (H200, ("sm_90a",), True),
        (RTX_5090, ("sm_120a",), True),
        (nvidia("GB10", (12, 1)), ("sm_120a",), False),
        (nvidia("GB10", (12, 1)), ("sm_120f",), True),
        (RTX_5090, ("compute_90a",), False),
        # Code for 8.6 does not run on an A100.
        (A100, ("sm_86",), False),
        (amd("gfx942"), ("gfx90a", "gfx942"), True),
        (amd("gfx1030"), ("gfx90a", "gfx942"), False),
        (amd("gfx1030"), ("gfx10-3-generic",), True),
        # A build that does not tell: trying shows it.
        (P100, (), True),
    ],
)
def test_which_gpus_a_build_has_kernels_for(
    gpu: Gpu, built_for: tuple[str, ...], runs: bool
) -> None:
    assert (why_no_kernels(gpu, built_for) == "") == runs


def test_that_the_reason_names_what_the_gpu_has_and_the_build_knows() -> None:
    reason = why_no_kernels(V100, NOW)
    assert "compute capability 7.0" in reason
    assert "7.5, 8.0, 8.6, 9.0, 10.0, 12.0" in reason
    assert "9.0 and later" in why_no_kernels(T4, ("sm_80", "compute_90"))
    assert "gfx1030" in why_no_kernels(amd("gfx1030"), ("gfx942",))


def test_that_the_way_out_depends_on_whether_the_gpu_is_too_old_or_too_new() -> None:
    assert "CUDA 12.6" in way_out(V100, NOW)
    assert "newer build" in way_out(RTX_5090, BEFORE)
    assert "CPU" in way_out(amd("gfx1030"), ("gfx942",))


@pytest.mark.parametrize(
    ("gpu", "precision", "tf32"),
    [
        (P100, "float32", False),
        (GTX_1080, "float32", False),
        (V100, "float16", False),
        (T4, "float16", False),
        (RTX_2080, "float16", False),
        # Turing without tensor cores: some float16 kernels give NaN there.
        (GTX_1660, "float32", False),
        (A100, "bfloat16", True),
        (RTX_3090, "bfloat16", True),
        (H200, "bfloat16", True),
        (RTX_5090, "bfloat16", True),
        (amd("gfx942"), "bfloat16", False),
    ],
)
def test_what_a_gpu_best_trains_in(gpu: Gpu, precision: str, tf32: bool) -> None:
    assert best_precision(gpu) == precision
    assert has_tf32(gpu) == tf32
