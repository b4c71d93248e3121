"""The ways to choose what to label next; `core.evaluate.worth_labeling` says what each does."""

from typing import Final, Literal

Way = Literal["typical", "diverse", "uncertain", "random"]
WAYS: Final[tuple[Way, ...]] = ("typical", "diverse", "uncertain", "random")
# Labels of a class, in the mean, from which a probe's doubts are worth more than what is typical.
_FEW: Final = 5


def usual_way(num_labeled: int, num_classes: int) -> Way:
    """The way to choose where nobody says one: `tests/benchmarks/next_labels.py` compares them."""
    return "typical" if num_labeled < _FEW * max(2, num_classes) else "uncertain"
