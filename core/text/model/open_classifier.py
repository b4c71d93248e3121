"""Opens the classifier of a fine-tuning stage."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from core.errors import RunError
from core.run.files import CLASSIFIER, CLASSIFIER_JSON
from core.text.model.classifier import TextClassifier
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel


def open_text_classifier(folder: Path) -> tuple[TextClassifier, list[str]]:
    """The classifier of a fine-tuning stage, ready to predict, and its class names.

    Raises:
        RunError: Its files are missing or damaged.
    """
    try:
        values = json.loads((folder / CLASSIFIER_JSON).read_text(encoding="utf-8"))
        model = MaskedLanguageModel(TextDescription.from_dict(values["model"]))
        classes = [str(name) for name in values["classes"]]
        with torch.random.fork_rng(devices=[]):
            classifier = model.build_classifier(len(classes), dropout=0.0)
        classifier.load_state_dict(load_file(folder / CLASSIFIER))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise RunError("run-damaged", file=CLASSIFIER_JSON, path=folder, reason=error) from error
    return classifier.eval(), classes
