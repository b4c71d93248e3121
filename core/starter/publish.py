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

from core.hub.catalog import starter_folder
from core.images.model.starter import build_starter
from core.images.model.store import save_model
from core.run.files import DECODER, ENCODER, SUMMARY
from core.stages.weights import load_decoder, load_encoder
from core.system.atomic import write_text

_TEMPLATES = starter_folder().parent / "templates"


def publish(work: Path, scores: dict[str, Any] | None) -> Path:
    """Write the model in half precision and its card; returns the folder.

    Args:
        work: Folder of `core.starter.pretrain`, finished.
        scores: From `core.starter.score`; None before they are measured.
    """
    model = build_starter(seed=0)
    load_encoder(model, work / ENCODER)
    load_decoder(model, work / DECODER)
    folder = starter_folder()
    folder.mkdir(parents=True, exist_ok=True)
    save_model(folder, model, torch.float16)
    write_card("starter_card.md", folder, work, scores)
    return folder


def write_card(
    template: str, folder: Path, work: Path, scores: dict[str, Any] | None, **facts: Any
) -> None:
    """Write a model card in the hub's format to `folder`.

    Args:
        template: Its name in `resources/templates`.
        folder: Where it goes.
        work: Folder of the pre-training, finished.
        scores: As measured; None before.
        **facts: What else the template asks for.
    """
    noted = json.loads((work / "settings.json").read_text(encoding="utf-8"))
    # Plain text, not HTML: escaping would only spoil it.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    words = environment.from_string((_TEMPLATES / template).read_text(encoding="utf-8"))
    machine = f"{os.cpu_count()} CPU cores" + (", one GPU" if torch.cuda.is_available() else "")
    card = words.render(
        noted=noted,
        settings=noted[-1]["settings"],
        summary=json.loads((work / SUMMARY).read_text(encoding="utf-8")),
        scores=scores,
        machine=machine,
        percent=lambda share: f"{100 * share:.1f}",
        **facts,
    )
    write_text(folder / "README.md", card)


def read_scores(file: Path | None) -> dict[str, Any] | None:
    """Scores from a JSON file."""
    return json.loads(file.read_text(encoding="utf-8")) if file else None


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Publish the starter into resources/.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scores", type=Path)
    asked = parser.parse_args()
    publish(asked.work, read_scores(asked.scores))


if __name__ == "__main__":
    main()
