"""On what this machine trains, for a window that imports no torch: a helper process."""

import multiprocessing
import os
import platform
import sys
from typing import Any

from core.doctor import ComputeFacts, Finding
from core.doctor.gpus import judge_gpus
from core.doctor.nvidia import nvidia_facts
from core.language import ngettext
from core.system.json_lines import MessageWriter, run_helper
from core.training.compute_facts import compute_facts


def device_in_words(writer: MessageWriter) -> dict[str, Any]:
    """The device of a run here, and why it is no GPU."""
    del writer
    facts = compute_facts()
    return described(facts, judge_gpus(facts, nvidia_facts(), dict(os.environ), platform.system()))


def described(facts: ComputeFacts, findings: list[Finding]) -> dict[str, Any]:
    """The message to the window.

    `device` names the device in words, `chosen` in torch's, `has_gpu` whether it is a GPU, `gpus`
    all that a run may be given, as (torch's name, product), `reason` why another one is not used,
    with what to do, and `is_expected` whether that is no fault.
    """
    if facts.kind != "cpu":
        device = ", ".join(facts.gpus) or facts.kind.upper()
        reason = " ".join(f"{name}: {why}. {advice}" for name, why, advice in facts.refused)
        gpus = [list(pair) for pair in zip(facts.devices, facts.gpus, strict=True)]
        chosen = next(iter(facts.devices), facts.kind)
        found = {"device": device, "chosen": chosen, "has_gpu": True}
        return {**found, "gpus": gpus, "reason": reason}
    reason = f"{findings[0].value} {findings[0].advice}".strip() if findings else ""
    number = facts.num_threads
    device = ngettext(
        "the processor, {number} thread", "the processor, {number} threads", number
    ).format(number=number)
    # There is nothing to be put right where there is no GPU at all.
    is_expected = all(finding.status == "ok" for finding in findings[:1])
    found = {"device": device, "chosen": "cpu", "has_gpu": False, "reason": reason}
    return {**found, "is_expected": is_expected}


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(run_helper(device_in_words))
