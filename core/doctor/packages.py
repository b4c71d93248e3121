"""Versions of the libraries that the numbers depend on, without importing them."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from core.doctor.finding import Finding

PACKAGES = ("torch", "torchvision", "timm", "transformers", "accelerate", "peft", "datasets")


def judge_packages(names: Sequence[str] = PACKAGES) -> list[Finding]:
    """One line with all versions, and one more when some are missing."""
    found, missing = [], []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    findings = [Finding("Libraries", ", ".join(found) or "none")]
    if missing:
        advice = "Run Redistill with `uv run redistill …`, which installs them."
        findings.append(Finding("Missing libraries", ", ".join(missing), "problem", advice))
    return findings
