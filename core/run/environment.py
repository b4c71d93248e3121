"""On what a run was made: machine and versions."""

import platform
from importlib.metadata import version

from core.run.folder import RunFolder
from core.system.atomic import write_json
from core.version import __version__


def write_environment(run: RunFolder, device: str, precision: str) -> None:
    """Note machine and versions, for support and for the report."""
    packages = ("torch", "torchvision", "timm", "transformers", "accelerate", "numpy", "pillow")
    write_json(
        run.environment_file,
        {
            "redistill": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "device": device,
            "precision": precision,
            "packages": {name: version(name) for name in packages},
        },
    )
