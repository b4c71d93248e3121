"""Where the files lie that come with the program."""

from pathlib import Path

# The folder with our packages: a checkout, or where the packaged program was unpacked.
ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
