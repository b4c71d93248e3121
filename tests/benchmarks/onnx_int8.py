"""How fast an ONNX graph in 8 bits answers against the same in float32, in turns.

    uv run python -m tests.benchmarks.onnx_int8 --model starter
    uv run python -m tests.benchmarks.onnx_int8 --model vit-s-224

Random heads (and for vit-s-224 random weights) on generated images. `weights` is float32 products
of 8-bit weights, what an export falls back on where products in 8 bits would move the answers. Ends
in one line of JSON.
"""

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnx
import onnxruntime
import timm
import torch
from torch import Tensor, nn

from core.export.onnx_graph import converted
from core.export.onnx_int8 import with_8_bit_weights
from core.export.onnx_products import with_8_bit_products
from core.hub.catalog import starter_folder
from core.images.model.store import open_model
from core.starter.images import GeneratedImages

_CLASSES = 5
_TELLING = 8
_MOST_TOGETHER = 16
_FACTS = ("avx2", "avx512_vnni", "avx_vnni", "amx_int8")


class _Network(nn.Module):
    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.encoder((pixels.float() / 255 - 0.5) / 0.25)
        return logits.softmax(dim=1)


def network(name: str) -> tuple[nn.Module, int]:
    """A classifier, and the side of its images."""
    torch.manual_seed(0)
    if name == "vit-s-224":
        return _Network(timm.create_model("vit_small_patch16_224", num_classes=_CLASSES)), 224
    encoder = open_model(starter_folder()).encoder
    encoder.reset_classifier(_CLASSES)
    nn.init.normal_(encoder.head.weight, std=0.3)
    return _Network(encoder), 64


def opened(model: onnx.ModelProto, threads: int) -> onnxruntime.InferenceSession:
    """As `run.py` opens it, with threads that do not take the core that others need."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def variants(plain: onnx.ModelProto, telling: np.ndarray) -> dict[str, onnx.ModelProto]:
    """The graph in float32 and in 8 bits, both ways."""
    weights, products = onnx.ModelProto(), onnx.ModelProto()
    for copy in (weights, products):
        copy.CopyFrom(plain)
    with_8_bit_weights(weights)
    with_8_bit_products(products, [{"pixels": each[None]} for each in telling])
    return {"fp32": plain, "weights": weights, "products": products}


def ratios(
    sessions: dict[str, onnxruntime.InferenceSession], batch: np.ndarray, turns: int
) -> dict[str, float]:
    """Median of float32's seconds over those of each, by the clock and by the processor."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in sessions}
    for _ in range(turns):
        for name, session in sessions.items():
            began, cpu = time.perf_counter(), time.process_time()
            for _ in range(max(1, _MOST_TOGETHER // len(batch) // 2)):
                session.run(None, {"pixels": batch})
            spent[name].append((time.perf_counter() - began, time.process_time() - cpu))
    found = {}
    for name in ("weights", "products"):
        pairs = list(zip(spent["fp32"], spent[name], strict=True))
        found[name] = round(median(a[0] / b[0] for a, b in pairs), 2)
        found[f"{name}_cpu"] = round(median(a[1] / b[1] for a, b in pairs), 2)
    return found


def facts() -> list[str]:
    """What the processor has of what matters to integers (Linux)."""
    file = Path("/proc/cpuinfo")
    words = set(file.read_text(encoding="utf-8").split()) if file.is_file() else set()
    return [name for name in _FACTS if name in words]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", choices=("starter", "vit-s-224"), default="starter")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=15)
    asked = parser.parse_args()
    net, side = network(asked.model)
    shape = torch.zeros(2, 3, side, side, dtype=torch.uint8)
    sizes = ({0: torch.export.Dim("batch")},)
    rows = GeneratedImages(seed=0, size=side).rows(np.arange(_TELLING + _MOST_TOGETHER))
    pixels = np.ascontiguousarray(rows.transpose(0, 3, 1, 2))
    graphs = variants(converted(net.eval(), (shape,), sizes, ["pixels"]), pixels[:_TELLING])
    sessions = {name: opened(graph, asked.threads) for name, graph in graphs.items()}
    unseen = pixels[_TELLING:]
    answers = {
        name: np.concatenate([session.run(None, {"pixels": each[None]})[0] for each in unseen])
        for name, session in sessions.items()
    }
    moved = {name: float(np.abs(found - answers["fp32"]).max()) for name, found in answers.items()}
    result = {
        "model": asked.model,
        "processor": facts(),
        "threads": asked.threads,
        "mb": {name: round(graph.ByteSize() / 1e6, 1) for name, graph in graphs.items()},
        "largest_difference": {name: round(each, 4) for name, each in moved.items()},
        "batch_1": ratios(sessions, unseen[:1], asked.turns),
        "batch_16": ratios(sessions, unseen, asked.turns),
        "load": os.getloadavg()[0],
        "onnxruntime": onnxruntime.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
