"""What the window is told of the device."""

from core.doctor import ComputeFacts, Finding
from core.processes.device import described

REFUSED = (("Tesla V100", "this torch has no kernels for it", "Use another GPU."),)


def test_that_a_gpu_passed_over_is_told_beside_those_that_a_run_may_be_given() -> None:
    facts = ComputeFacts(gpus=("A100",), devices=("cuda:1",), kind="cuda", refused=REFUSED)
    message = described(facts, [Finding("Device", "1 GPU: A100")])
    # By torch's own number, which is not its place among those that can be used.
    assert message["gpus"] == [["cuda:1", "A100"]]
    assert message["has_gpu"]
    assert message["chosen"] == "cuda:1"
    assert message["reason"] == "Tesla V100: this torch has no kernels for it. Use another GPU."


def test_that_the_processor_is_named_with_the_reason_and_the_way_out() -> None:
    facts = ComputeFacts(num_threads=4, refused=REFUSED)
    finding = Finding("Device", "CPU, although there is a GPU: no kernels", "problem", "Use it.")
    message = described(facts, [finding])
    assert not message["has_gpu"]
    assert message["chosen"] == "cpu"
    assert message["device"] == "the processor, 4 threads"
    assert message["reason"] == "CPU, although there is a GPU: no kernels Use it."
    assert not message["is_expected"]
    assert described(facts, [Finding("Device", "CPU: no GPU found.")])["is_expected"]
