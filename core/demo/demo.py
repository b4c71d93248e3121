"""The demo: the whole method, small enough for a coffee break on two CPU cores."""

from pathlib import Path
from typing import Final

from core.recipe import Recipe
from core.system.progress import CountReport


def write_demo(
    folder: Path, kind: str = "images", *, report: CountReport | None = None
) -> tuple[Recipe, str]:
    """Write the demo's data into a folder.

    Args:
        folder: Where to write.
        kind: Name of the modality: handwritten digits of `images`, docstrings of `text`.
        report: Told (done, in all) now and then.

    Returns:
        The recipe, and what was written, in words.

    Raises:
        RunError: There are no docstrings on this machine.
        OSError: The folder can't be written.
    """
    return _DEMOS[kind](folder, report)


def _texts(folder: Path, report: CountReport | None) -> tuple[Recipe, str]:
    from core.demo.texts import PACKAGES, write_docstrings

    texts = folder / "docstrings"
    count = write_docstrings(texts, report=report)
    said = f"{count:,} paragraphs of the documentation of {len(PACKAGES)} packages"
    return _text_recipe(texts), f"Wrote {said} as JSON lines to {texts}."


def _images(folder: Path, report: CountReport | None) -> tuple[Recipe, str]:
    from core.demo.digits import write_digits

    digits = folder / "digits"
    write_digits(digits, report=report)
    return demo_recipe(digits), f"Wrote 1,797 handwritten digits as PNG files to {digits}."


# By name of the modality: not every one has a demo.
_DEMOS = {"images": _images, "text": _texts}


# Chosen on digits that are not of the test part (tests/benchmarks/README.md). At the size in which
# they are written they have 16 patches: with three quarters of them hidden, 200 steps gave a linear
# layer about half of what they gave with one half hidden.
_FILL_IN: Final = {"batch_size": 64, "lr": 2e-3, "warmup_steps": 16, "mask_ratio": 0.5}

# Chosen there likewise: with the paper's squared distance and weight, and 100 steps, the student
# ended 7 points below the base model; so, 2 to 4 above it.
_CLOSE: Final = {"weight": 10.0, "distance": "smooth_l1"}

# From a head that was fitted to a hundred labels, steps at a high rate only lead away: on 30 digits
# held out of the training part, forty at 1e-3 from a plain probe left 36 % right of its 77; fitted,
# layered and averaged so, any rate of 3e-5 to 1e-3 left 72 to 76 % (three seeds each).
_GENTLY: Final = {
    "warmup_steps": 8,
    "lr": 1e-4,
    "head": "regularised-probe",
    "layer_decay": 0.75,
    "averaging": 0.1,
    "decay_norms": False,
    "own_dropout": True,
}


def demo_recipe(digits: Path) -> Recipe:
    """The recipe of `redistill demo` for digits written to that folder."""
    from core.demo.digits import DIGIT_SIZE

    return Recipe.model_validate(
        {
            "data": {"unlabeled": [str(digits / "unlabeled")], "labeled": str(digits / "labeled")},
            "model": {"name": "starter", "image_size": DIGIT_SIZE},
            "pretrain": {**_FILL_IN, "steps": 200},
            "distill": {**_FILL_IN, **_CLOSE, "steps": 150},
            "finetune": {
                **_GENTLY,
                "steps": 60,
                "batch_size": 16,
                # More steps suit all arms (base: 75 % after 40, 79 after 120), but take their time.
                "lr": 1e-3,
                "flips": False,
                "num_seeds": 3,
            },
            "probe": {"every": 100},
            "runtime": {"offline": True},
        }
    )


def _text_recipe(texts: Path) -> Recipe:
    """The recipe of `redistill demo --text` for docstrings written to that folder."""
    return Recipe.model_validate(
        {
            "data": {
                "kind": "text",
                "unlabeled": [str(texts / "unlabeled.jsonl")],
                "labeled": str(texts / "labeled"),
            },
            "model": {"name": "starter-text"},
            "pretrain": {"steps": 80, "batch_size": 32, "lr": 3e-4},
            "distill": {"steps": 60, "batch_size": 32, "lr": 3e-4},
            "finetune": {
                "steps": 40,
                "batch_size": 16,
                **_GENTLY,
                "num_seeds": 3,
            },
            "probe": {"every": 80},
            "runtime": {"offline": True},
        }
    )
