"""The ways to choose what to label next; `core.evaluate.worth_labeling` says what each does."""

from typing import Final, Literal

Way = Literal["typical", "diverse", "uncertain", "random"]
WAYS: Final[tuple[Way, ...]] = ("typical", "diverse", "uncertain", "random")
