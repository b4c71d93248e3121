"""The ways to choose what to label next, in words: what each is for, and what it was worth."""

from dataclasses import dataclass
from typing import Final

from core.data.ways import Way
from core.language import _

# Differences from drawing with 100 labels, in the order of `Way` and of the sets of
# `tests/benchmarks/next_labels.py`; `resources/help/labels.md` has the whole table.
_MEASURED: Final = _(
    "Measured with 100 labels, in points of accuracy against drawing at random: {} on "
    "textures, {} on signs, {} on sentences."
)


@dataclass(frozen=True)
class WayWords:
    """One way as it is offered.

    Attributes:
        way: None is the usual one.
        title: As it is offered.
        chosen: Said of examples that were chosen so.
        purpose: What it is for.
        measured: What it was worth.
    """

    way: Way | None
    title: str
    chosen: str
    purpose: str
    measured: str

    @property
    def about(self) -> str:
        """Both."""
        return f"{self.purpose} {self.measured}"


def _against_drawing(*found: tuple[float, float]) -> str:
    """Of differences, each with the half of its interval."""
    shown = [
        f"{difference:+.1f} ± {half:.1f}".replace("-", "\N{MINUS SIGN}")
        for difference, half in found
    ]
    return _MEASURED.format(*shown)


WAY_WORDS: Final = (
    WayWords(
        None,
        _("As usual"),
        "",
        _(
            "Typical ones until there are five labels of each class, from there on those that a "
            "probe is unsure of. It works with no labels at all."
        ),
        _against_drawing((7.8, 3.7), (4.3, 3.8), (-6.1, 8.6)),
    ),
    WayWords(
        "typical",
        _("Typical"),
        _("typical of all, and unlike those with a label"),
        _(
            "The middle of each cluster of alike ones: for the first labels, where classes are "
            "such clusters."
        ),
        _against_drawing((3.9, 3.1), (2.3, 5.0), (-8.1, 4.1)),
    ),
    WayWords(
        "uncertain",
        _("Uncertain and diverse"),
        _("those that a probe of the labels is least sure of, unlike each other"),
        _(
            "Those that a probe of the labels is least sure of, and of these such as are unlike "
            "each other: once there are some labels of each class, here after 20 typical ones."
        ),
        _against_drawing((5.8, 4.4), (4.1, 3.1), (-6.6, 6.4)),
    ),
    WayWords(
        "diverse",
        _("Diverse"),
        _("as different as can be"),
        _(
            "Each as far as can be from all others: where some classes are much larger than "
            "others, or no clusters to the model; it asks for outliers, too."
        ),
        _against_drawing((-2.5, 7.8), (-6.5, 5.7), (3.9, 5.7)),
    ),
    WayWords(
        "random",
        _("At random"),
        _("drawn at random"),
        _("Drawn: what the labels say of all is then right in the mean."),
        _(
            "The others were measured against it; where the model knows little of the classes it "
            "is the safe one."
        ),
    ),
)


def chosen_in_words(way: str) -> str:
    """How examples were chosen."""
    return next(each.chosen for each in WAY_WORDS if each.way == way)
