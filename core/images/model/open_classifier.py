"""Opens the classifier of a fine-tuning stage."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file

from core.errors import RunError
from core.images.model.classifier import Classifier
from core.images.model.description import ModelDescription
from core.images.model.mae import MaskedAutoencoder
from core.run.files import CLASSIFIER, CLASSIFIER_JSON


def open_classifier(folder: Path) -> tuple[Classifier, list[str]]:
    """The classifier of a fine-tuning stage, ready to predict, and its class names.

    Raises:
        RunError: Its files are missing or damaged.
    """
    try:
        values = json.loads((folder / CLASSIFIER_JSON).read_text(encoding="utf-8"))
        model = MaskedAutoencoder(ModelDescription.from_dict(values["model"]))
        classes = [str(name) for name in values["classes"]]
        classifier = Classifier(model, len(classes), dropout=0.0)
        classifier.load_state_dict(load_file(folder / CLASSIFIER))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise RunError("run-damaged", file=CLASSIFIER_JSON, path=folder, reason=error) from error
    return classifier.eval(), classes
