"""Signals are not exported: a modality may offer no format."""

from core.export.formats import ExportFormat

FORMATS: tuple[ExportFormat, ...] = ()
