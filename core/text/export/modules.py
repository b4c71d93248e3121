"""How a text is read, and what comes after, in the layout of sentence-transformers."""

from pathlib import Path
from typing import Final

from safetensors.torch import save
from torch import nn

from core.hub.hub import WEIGHTS
from core.system.atomic import write_bytes, write_json
from core.text.model.description import TextDescription
from core.text.model.pooled import width_of

_PACKAGE: Final = "sentence_transformers.models"
_POOLING: Final = "1_Pooling"
_DENSE: Final = "2_Dense"
_MODES: Final = {"first": "cls_token", "head": "cls_token", "mean": "mean_tokens"}
_EVERY: Final = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")


def write_modules(
    folder: Path, description: TextDescription, output: nn.Linear | None = None
) -> None:
    """Write what stands beside an encoder; with `output` its layer comes after the pooling."""
    width = width_of(description.configuration())
    parts = [("Transformer", ""), ("Pooling", _POOLING)]
    mode = _MODES.get(description.pooling, "max_tokens")
    modes = {f"pooling_mode_{each}": each == mode for each in _EVERY}
    (folder / _POOLING).mkdir(exist_ok=True)
    write_json(folder / _POOLING / "config.json", {"word_embedding_dimension": width, **modes})
    if output is not None:
        parts.append(("Dense", _DENSE))
        (folder / _DENSE).mkdir(exist_ok=True)
        layer = {
            "in_features": width,
            "out_features": output.out_features,
            "bias": True,
            "activation_function": "torch.nn.modules.linear.Identity",
        }
        write_json(folder / _DENSE / "config.json", layer)
        state = {
            f"linear.{name}": value.detach().cpu().contiguous()
            for name, value in output.state_dict().items()
        }
        write_bytes(folder / _DENSE / WEIGHTS, save(state, {"format": "pt"}))
    length = {"max_seq_length": description.max_length, "do_lower_case": False}
    write_json(folder / "sentence_bert_config.json", length)
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"{_PACKAGE}.{kind}"}
        for number, (kind, path) in enumerate(parts)
    ]
    write_json(folder / "modules.json", modules)
