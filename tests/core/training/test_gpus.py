"""Which GPU a process takes, in which precision, and how processes talk."""

from collections.abc import Callable

import pytest
import torch

from core.errors import RunError
from core.recipe import RuntimeRecipe
from core.system.kernels import Gpu
from core.training.device import (
    backend_of,
    best_that_works,
    choose_precision,
    multiply_in_tf32,
    set_up_hardware,
    trains_in,
)
from core.training.gpus import choose_gpu, gpus_here, require_enough, why_it_fails

OLD = Gpu(index=0, name="Tesla V100", capability=(7, 0), why_not="no kernels for 7.0")
GOOD = Gpu(index=1, name="A100", capability=(8, 0))
OTHER = Gpu(index=2, name="A100", capability=(8, 0))


def computes(index: int) -> str:
    return ""


def fails(*broken: int) -> Callable[[int], str]:
    return lambda index: "it does not compute" if index in broken else ""


def test_that_auto_passes_over_gpus_without_kernels() -> None:
    assert choose_gpu("auto", [OLD, GOOD], computes) is GOOD
    assert choose_gpu("cuda", [OLD, GOOD], computes) is GOOD


def test_that_auto_passes_over_gpus_that_do_not_compute() -> None:
    assert choose_gpu("auto", [OLD, GOOD, OTHER], fails(1)) is OTHER


def test_that_auto_without_a_usable_gpu_says_why_of_each() -> None:
    found = choose_gpu("auto", [OLD, GOOD], fails(1))
    assert found == "of Tesla V100, no kernels for 7.0; of A100, it does not compute"


@pytest.mark.parametrize(
    ("asked", "gpus", "words"),
    [
        ("cuda:0", [OLD, GOOD], "of Tesla V100, no kernels for 7.0"),
        ("cuda:1", [OLD, GOOD], "of A100, it does not compute"),
        ("cuda:2", [OLD, GOOD], "only 2 of them"),
        ("cuda", [OLD], "no kernels for 7.0"),
        ("cuda", [], "torch"),
    ],
)
def test_that_a_gpu_asked_for_is_refused_with_its_reason(
    asked: str, gpus: list[Gpu], words: str
) -> None:
    with pytest.raises(RunError, match=words) as refused:
        choose_gpu(asked, gpus, fails(1))
    assert refused.value.id == "device-unavailable"


def test_that_each_process_has_a_gpu_of_its_own() -> None:
    gpus = [OLD, GOOD, OTHER]
    taken = [
        choose_gpu("auto", gpus, computes, local_rank=rank, local_world=2) for rank in range(2)
    ]
    assert taken == [GOOD, OTHER]
    # Asked for by its number, all of them share it.
    shared = [choose_gpu("cuda:1", gpus, computes, local_rank=r, local_world=3) for r in range(3)]
    assert shared == [GOOD, GOOD, GOOD]


def test_that_more_processes_than_gpus_are_refused() -> None:
    with pytest.raises(RunError, match=r"3 processes .* 2 GPUs") as refused:
        choose_gpu("auto", [OLD, GOOD, OTHER], computes, local_rank=0, local_world=3)
    assert refused.value.id == "too-many-processes"
    with pytest.raises(RunError, match=r"2 processes .* 1 GPU "):
        require_enough("mps", 2)
    require_enough("mps", 1)


def test_that_one_process_of_several_does_not_fall_back_to_the_cpu_alone() -> None:
    with pytest.raises(RunError, match="it does not compute"):
        choose_gpu("auto", [GOOD, OTHER], fails(2), local_rank=1, local_world=2)
    # All of them do.
    assert isinstance(choose_gpu("auto", [OLD], computes, local_rank=1, local_world=2), str)


def test_that_gradients_go_by_nccl_where_each_process_has_its_gpu() -> None:
    nccl = "cpu:gloo,cuda:nccl" if torch.distributed.is_nccl_available() else "gloo"
    assert backend_of("cuda", shares_gpu=False) == nccl
    # NCCL refuses two processes on one GPU.
    assert backend_of("cuda", shares_gpu=True) == "gloo"
    assert backend_of("cpu", shares_gpu=False) == "gloo"


def test_that_trying_a_device_tells_whether_it_computes() -> None:
    assert why_it_fails(torch.device("cpu")) == ""
    assert "does not compute" in why_it_fails(torch.device("cuda:99"))


def test_that_a_gpu_trains_in_what_is_best_for_it() -> None:
    turing = Gpu(index=0, name="Tesla T4", capability=(7, 5))
    assert choose_precision("auto", "cuda", turing) == "float16"
    assert choose_precision("auto", "cuda", GOOD) == "bfloat16"
    assert choose_precision("float32", "cuda", GOOD) == "float32"
    assert choose_precision("float16", "cuda", GOOD) == "float16"
    with pytest.raises(RunError, match="float16 training needs"):
        choose_precision("float16", "cpu")


def test_that_a_precision_is_tried_before_it_is_taken() -> None:
    assert trains_in("cpu", "bfloat16")
    assert trains_in("cpu", "float16")
    assert best_that_works("cpu") == "bfloat16"
    # This torch has nothing behind that name.
    assert not trains_in("mps" if not torch.backends.mps.is_available() else "xla", "bfloat16")


def test_that_the_reason_for_the_cpu_is_said() -> None:
    asked = set_up_hardware(RuntimeRecipe(device="cpu", precision="float32"))
    assert "as asked" in asked.device_in_words


def test_that_a_process_may_go_on_in_another_precision() -> None:
    for precision in ("bfloat16", "float32", "bfloat16"):
        hardware = set_up_hardware(RuntimeRecipe(device="cpu", precision=precision))
        assert hardware.precision == precision
        with hardware.accelerator.autocast():
            product = torch.ones(2, 2) @ torch.ones(2, 2)
        assert product.dtype == getattr(torch, precision)


def test_that_tf32_is_what_torch_is_told() -> None:
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    try:
        for wanted, words in ((False, "highest"), (True, "high")):
            multiply_in_tf32(wanted)
            # The interfaces agree: torch refuses to answer where old and new ones are mixed.
            assert torch.get_float32_matmul_precision() == words
            assert torch.backends.cuda.matmul.allow_tf32 == wanted
            assert torch.backends.cudnn.allow_tf32 == wanted
            assert (torch.backends.cuda.matmul.fp32_precision == "tf32") == wanted
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]


@pytest.mark.gpu
def test_that_the_gpus_here_compute_unless_a_reason_says_otherwise() -> None:
    gpus = gpus_here()
    assert gpus
    for gpu in gpus:
        assert bool(gpu.why_not) or why_it_fails(gpu.index) == ""


@pytest.mark.gpu
def test_that_float32_is_multiplied_in_tf32_where_there_is_any() -> None:
    hardware = set_up_hardware(RuntimeRecipe(device="cuda", precision="float32"))
    modern = torch.cuda.get_device_capability(hardware.device) >= (8, 0)
    assert (torch.get_float32_matmul_precision() == "high") == modern
    assert ("TF32" in hardware.device_in_words) == modern
