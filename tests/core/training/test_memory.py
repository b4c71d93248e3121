"""What is left of a process after memory ran out."""

import pytest
import torch
from torch import nn

from core.training.memory import free_cached_memory, is_out_of_memory

_NO_CODE = RuntimeError("could not create a primitive")


def test_that_a_process_whose_onednn_ran_out_computes_the_same_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    layer, images = nn.Conv2d(3, 8, 4, stride=4), torch.randn(2, 3, 16, 16)
    wanted = layer(images)
    assert is_out_of_memory(_NO_CODE)
    # Set back at the end of the test.
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", True)
    free_cached_memory("[enforce fail] can't allocate memory")
    assert torch.backends.mkldnn.enabled
    free_cached_memory(str(_NO_CODE))
    assert not torch.backends.mkldnn.enabled
    torch.testing.assert_close(layer(images), wanted)


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "CUDA error: out of memory",
        "MPS backend out of memory (MPS allocated: 5.05 GB)",
        "level_zero backend failed with error: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
    ],
)
def test_that_libraries_of_gpus_are_understood_when_they_find_no_memory(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasSgemm(handle)`",
        "CUDA error: an illegal memory access was encountered",
        "Expected all tensors to be on the same device",
    ],
)
def test_that_other_errors_of_gpus_are_not_taken_for_it(said: str) -> None:
    assert not is_out_of_memory(RuntimeError(said))
