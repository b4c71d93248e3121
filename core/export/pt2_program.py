"""Networks of torch as programs of torch.export, with what belongs to them in the same file."""

import json
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from core.export.card import provenance
from core.export.numbers import numbers_in_config
from core.export.subject import Subject

MODEL: Final = "model.pt2"
FACTS: Final = "redistill.json"


def save_program(
    network: nn.Module,
    example: tuple[Tensor, ...],
    sizes: tuple[dict[int, Any], ...],
    subject: Subject,
    facts: dict[str, Any],
    folder: Path,
) -> None:
    """Trace and write a network.

    Args:
        network: Gives answers.
        example: Its inputs.
        sizes: Per input, which of its dimensions may have other sizes.
        subject: Whose class names and provenance go into the file.
        facts: What else does.
        folder: Where the file goes.
    """
    program = torch.export.export(network, example, dynamic_shapes=sizes)
    for node in program.graph.nodes:
        # It names folders of this machine.
        node.meta.pop("stack_trace", None)
    everything = {**provenance(subject), "classes": list(subject.classes), **facts}
    if subject.thresholds:
        everything["thresholds"] = subject.thresholds
    if numbers := numbers_in_config(subject):
        everything["numbers"] = numbers
    torch.export.save(program, folder / MODEL, extra_files={FACTS: json.dumps(everything)})
