"""Imported by the fork server: everything that a trainer imports sooner or later."""

import gc
from importlib import import_module

for _name in (
    "PIL.PngImagePlugin",
    "torchmetrics.functional.classification",
    "core.evaluate.metrics",
    "core.evaluate.probe",
    "core.stages.pipeline",
    "core.stages.prepare",
    "core.training.device",
    "core.processes.trainer",
    "core.images.modality",
    "core.text.modality",
    "datasets.arrow_writer",
    "transformers.models.bert.modeling_bert",
):
    import_module(_name)

# What is here for good need not be looked at by every collection of every trainer.
gc.collect()
gc.freeze()
