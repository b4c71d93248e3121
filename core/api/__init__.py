"""Redistill from Python: fit a pretrained transformer to your own examples, and use it.

    import redistill

    run = redistill.adapt(labeled="photos", unlabeled="more-photos", preset="quick", out="my-run")
    print(run.verdict)
    for found in redistill.open("my-run").predict(["new.jpg"]):
        print(found.name, *found.probabilities[0])

The wheel has this module as `redistill`. Everything is loaded when it is first asked for, torch
with the first prediction, embedding or export. What is expected to go wrong is a `RunError`, whose
words say what, where and what to do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.version import __version__

if TYPE_CHECKING:
    from core.api.adapting import adapt
    from core.api.runs import Run
    from core.api.runs import open_run as open  # noqa: A004  (as `redistill.open` it is clear)
    from core.errors import RunError
    from core.predict.prediction import Prediction

__all__ = ["Prediction", "Run", "RunError", "__version__", "adapt", "open"]

# The command line and our processes go through here as well: they load only what they use.
_PLACES = {
    "adapt": ("core.api.adapting", "adapt"),
    "open": ("core.api.runs", "open_run"),
    "Run": ("core.api.runs", "Run"),
    "Prediction": ("core.predict.prediction", "Prediction"),
    "RunError": ("core.errors", "RunError"),
}


def __getattr__(name: str) -> Any:
    """What is asked for, from its place."""
    if name not in _PLACES:
        raise AttributeError(f"redistill has no {name!r}; it has {', '.join(__all__)}")
    module, own = _PLACES[name]
    found = getattr(import_module(module), own)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
