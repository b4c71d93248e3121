"""Networks of torch as ONNX graphs: converted, quantised, described, saved."""

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from torch import Tensor, nn

from core.export.card import provenance
from core.export.subject import Subject

# The first with antialias; what any runtime of the last years reads.
OPSET: Final = 18
PROBABILITIES: Final = "probabilities"
# A file of protobuf ends at 2 GiB; larger weights lie beside it.
_MOST_BYTES: Final = 2**31 - 2**20


def converted(
    network: nn.Module,
    example: tuple[Tensor, ...],
    sizes: tuple[dict[int, Any], ...],
    inputs: Sequence[str],
) -> onnx.ModelProto:
    """The network in ONNX.

    Args:
        network: Gives probabilities.
        example: Its inputs.
        sizes: Per input, which of its dimensions may have other sizes.
        inputs: Their names.
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
            output_names=[PROBABILITIES],
            verbose=False,
        )
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    _forget_where_it_was_made(model)
    return model


def quantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """Its matrix products with 8-bit weights; activations are scaled as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _without_advice(), tempfile.TemporaryDirectory(prefix="redistill-export-") as scratch:
        file = Path(scratch) / "model.onnx"
        quantize_dynamic(
            model,
            file,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            # Seven bits: on processors without VNNI the sums of eight overflow.
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
        return onnx.load(file)


def described(model: onnx.ModelProto, subject: Subject, precision: str, what: str) -> None:
    """Put class names, licence and provenance into the metadata."""
    facts = provenance(subject)
    model.producer_name, model.doc_string = "Redistill", what
    onnx.helper.set_model_props(
        model,
        {
            "classes": json.dumps(list(subject.classes), ensure_ascii=False),
            "licence": facts["base_licence"],
            "provenance": json.dumps(facts, ensure_ascii=False),
            "precision": precision,
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


@contextmanager
def _without_advice() -> Iterator[None]:
    """It recommends a preparation to whoever calls it, which changes nothing for these graphs."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
