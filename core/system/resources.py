"""Where the files lie that come with the program."""

from pathlib import Path

# A checkout, where the packaged program was unpacked, or the package `redistill` of the wheel.
ROOT = Path(__file__).resolve().parents[2]
# From where our modules are imported: the root, or in the wheel the folder that has `redistill`.
IMPORTED_FROM = Path(__file__).resolve().parents[__name__.count(".")]
RESOURCES = ROOT / "resources"
