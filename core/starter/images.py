"""Endless generated images: made when asked for, or ahead of time by other processes."""

from core.starter.ahead import ParallelGeneratedImages
from core.starter.generated import FAMILIES, GeneratedImages

__all__ = ["FAMILIES", "GeneratedImages", "ParallelGeneratedImages"]
