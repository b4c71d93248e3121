"""Imported by the fork server: everything that a trainer imports sooner or later."""

import gc

import PIL.PngImagePlugin
import torchmetrics.functional.classification

import core.evaluate.metrics
import core.evaluate.probe
import core.stages.pipeline
import core.stages.prepare
import core.training.device
import core.trainer  # noqa: F401

# What is here for good need not be looked at by every collection of every trainer.
gc.collect()
gc.freeze()
