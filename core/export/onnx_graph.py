"""Networks of torch as ONNX graphs: converted, described, saved."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from torch import Tensor, nn

from core.export.card import provenance
from core.export.numbers import numbers_in_config
from core.export.subject import Subject

# The first with antialias; what any runtime of the last years reads.
MODEL: Final = "model.onnx"
OPSET: Final = 18
# A file of protobuf ends at 2 GiB; larger weights lie beside it.
_MOST_BYTES: Final = 2**31 - 2**20


def converted(
    network: nn.Module,
    example: tuple[Tensor, ...],
    sizes: tuple[dict[int, Any], ...],
    inputs: Sequence[str],
    output: str = "probabilities",
) -> onnx.ModelProto:
    """The network in ONNX.

    Args:
        network: Gives answers.
        example: Its inputs.
        sizes: Per input, which of its dimensions may have other sizes.
        inputs: Their names.
        output: The name of the answers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            example,
            dynamo=True,
            dynamic_shapes=sizes,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=[output],
            verbose=False,
        )
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    _forget_where_it_was_made(model)
    return model


def described(model: onnx.ModelProto, subject: Subject, precision: str, what: str) -> None:
    """Put class names, licence and provenance into the metadata."""
    facts = provenance(subject)
    thresholds = {"thresholds": json.dumps(subject.thresholds)} if subject.thresholds else {}
    model.producer_name, model.doc_string = "Redistill", what
    onnx.helper.set_model_props(
        model,
        {
            "classes": json.dumps(list(subject.classes), ensure_ascii=False),
            "licence": facts["base_licence"],
            "provenance": json.dumps(facts, ensure_ascii=False),
            "precision": precision,
            **thresholds,
            **({"numbers": json.dumps(numbers)} if (numbers := numbers_in_config(subject)) else {}),
        },
    )


def save(model: onnx.ModelProto, file: Path) -> None:
    """Write the file; larger weights lie beside it."""
    if model.ByteSize() < _MOST_BYTES:
        onnx.save(model, file)
        return
    onnx.save(model, file, save_as_external_data=True, location=f"{file.name}.data")


def _forget_where_it_was_made(model: onnx.ModelProto) -> None:
    """Take out stack traces: they name folders of this machine."""
    graph = model.graph
    things: list[Any] = [
        graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer
    ]  # fmt: skip
    for thing in things:
        del thing.metadata_props[:]
        thing.doc_string = ""
