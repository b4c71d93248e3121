"""Put a pre-trained starter into `resources/starter/`, with a model card of what was measured.

Run it as `uv run python -m core.starter.publish --work FOLDER [--scores scores.json]`.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import jinja2
import torch
from safetensors.torch import load_file

from core.atomic import write_text
from core.models.catalog import starter_folder
from core.models.local import save_model
from core.starter.architecture import build_starter

_TEMPLATE = starter_folder().parent / "templates" / "starter_card.md"


def publish(work: Path, scores: dict[str, Any] | None) -> Path:
    """Write the model in half precision and its card; returns the folder.

    Args:
        work: Folder of `core.starter.pretrain`, finished.
        scores: From `core.starter.score`; None before they are measured.
    """
    noted = json.loads((work / "settings.json").read_text(encoding="utf-8"))
    settings = noted[-1]["settings"]
    summary = json.loads((work / "summary.json").read_text(encoding="utf-8"))
    model = build_starter(settings["seed"])
    model.encoder.load_state_dict(load_file(work / "encoder.safetensors"))
    model.decoder.load_state_dict(load_file(work / "decoder.safetensors"))
    folder = starter_folder()
    folder.mkdir(parents=True, exist_ok=True)
    save_model(folder, model, torch.float16)
    write_text(folder / "README.md", model_card(noted, summary, scores))
    return folder


def model_card(
    noted: list[dict[str, Any]], summary: dict[str, Any], scores: dict[str, Any] | None
) -> str:
    """The card, in the hub's format."""
    # Plain text, not HTML: escaping would only spoil it.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    machine = f"{os.cpu_count()} CPU cores" + (", one GPU" if torch.cuda.is_available() else "")
    return template.render(
        noted=noted,
        settings=noted[-1]["settings"],
        summary=summary,
        scores=scores,
        machine=machine,
        percent=lambda share: f"{100 * share:.1f}",
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Publish the starter into resources/.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scores", type=Path)
    asked = parser.parse_args()
    scores = json.loads(asked.scores.read_text(encoding="utf-8")) if asked.scores else None
    publish(asked.work, scores)


if __name__ == "__main__":
    main()
