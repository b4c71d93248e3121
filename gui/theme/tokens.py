"""What everything looks like in numbers: colours, sizes, letters, times.

Sizes are in device-independent pixels at a text size of 100 %, on a grid of 4; `Theme` scales
them. Text on its ground has a contrast of at least 4.5 (a test).
"""

from dataclasses import dataclass

# The step of the grid: all distances are multiples of it.
GRID = 4
# Height of buttons and fields.
CONTROL = 30
# Corners: of controls, of cards and what is as large, of small things such as ticks.
RADIUS, RADIUS_CARD, RADIUS_SMALL = 6, 8, 4
# Thickness of bars that show progress, and of those inside of cards.
BAR, BAR_THIN = 6, 4
# Side of the box of a check box; of icons.
INDICATOR, ICON = 20, 20
# Letters of plain text, unless the system's are larger; never more than the other.
TEXT, TEXT_MOST = 13.0, 20.0
# Text is easiest to read in lines of some 75 letters; a single line may be longer.
LINE_LETTERS, LINE_ALONE = 80, 130

REGULAR, STRONG, BOLD = 400, 600, 700
# Size in shares of that of plain text, and weight.
TYPE = {
    "display": (1.7, STRONG),
    "title": (1.3, STRONG),
    "heading": (1.0, STRONG),
    "number": (1.7, STRONG),
}

# Shares of a text size of 100 % that can be chosen.
TEXT_SIZES = (80, 90, 100, 110, 125, 150, 175, 200)

# Milliseconds: of a change under the pointer, of what comes and goes, of a whole turn.
QUICK_MS, CALM_MS, TURN_MS = 120, 160, 1600

# Okabe and Ito's palette, told apart by colour-blind people; darkened or lightened until it
# stands out (3:1) from the ground it is drawn on.
_CURVES_ON_LIGHT = ("#0072B2", "#C44E00", "#007A58", "#A8457F", "#8A6100", "#3B3B3B")
_CURVES_ON_DARK = ("#56B4E9", "#FF9A4D", "#3FD0A4", "#E79AC4", "#F0E442", "#D0D6DE")
# From small to large: steps of lightness in one direction, told apart without any colour.
_STEPS_ON_LIGHT = ("#D9700B", "#D4483E", "#B52F63", "#842681", "#4D2079", "#1B1147")
_STEPS_ON_DARK = ("#8C52C6", "#CF5BA8", "#EE6C78", "#FB9650", "#FCC63A", "#F3F58A")


@dataclass(frozen=True, kw_only=True)
class Colours:
    """One look; all values are `#RRGGBB`.

    Attributes:
        window: Ground of pages.
        surface: Ground of cards, fields and lists.
        raised: Ground of headers and whatever is pointed at.
        border: Lines around what is filled in or ticked; 3:1 against their ground.
        edge: Lines around buttons, which their words tell as well.
        line: Lines that only part things.
        off: Lines around controls that can't be used now.
        text: Text.
        muted: Text of less weight.
        disabled: Words of controls that can't be used now.
        accent: The primary button, the chosen step, focus.
        accent_over: The primary button under the pointer.
        on_accent: Text on `accent`.
        accent_soft: Ground of what is chosen.
        ok: Good news.
        warn: Needs attention.
        bad: Failed.
        curves: Colours of curves and bars, in the order of use.
        steps: Colours of what goes from small to large, always further from the ground.
    """

    window: str
    surface: str
    raised: str
    border: str
    edge: str
    line: str
    off: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_over: str
    on_accent: str
    accent_soft: str
    ok: str
    warn: str
    bad: str
    curves: tuple[str, ...]
    steps: tuple[str, ...]


LIGHT = Colours(
    window="#F6F7F9",
    surface="#FFFFFF",
    raised="#EDF0F4",
    border="#7C8898",
    edge="#C3CBD6",
    line="#E1E5EB",
    off="#E1E5EB",
    text="#161D27",
    muted="#4F5B6B",
    disabled="#939DAB",
    accent="#1F5FC4",
    accent_over="#184EA6",
    on_accent="#FFFFFF",
    accent_soft="#E2ECFB",
    ok="#1B6E3A",
    warn="#7D4F00",
    bad="#A8201A",
    curves=_CURVES_ON_LIGHT,
    steps=_STEPS_ON_LIGHT,
)

DARK = Colours(
    window="#121519",
    surface="#1A1F26",
    raised="#252C36",
    border="#7A879A",
    edge="#434E5D",
    line="#2A323D",
    off="#2A323D",
    text="#E8ECF2",
    muted="#A9B4C3",
    disabled="#667284",
    accent="#82B4FF",
    accent_over="#A3C8FF",
    on_accent="#0B1A30",
    accent_soft="#1F3350",
    ok="#78D497",
    warn="#F2C14E",
    bad="#FF9B92",
    curves=_CURVES_ON_DARK,
    steps=_STEPS_ON_DARK,
)

HIGH_CONTRAST = Colours(
    window="#000000",
    surface="#000000",
    raised="#1A1A1A",
    border="#FFFFFF",
    edge="#FFFFFF",
    line="#FFFFFF",
    off="#6E6E6E",
    text="#FFFFFF",
    muted="#FFFFFF",
    disabled="#9A9A9A",
    accent="#FFE14D",
    accent_over="#FFF0A0",
    on_accent="#000000",
    accent_soft="#333000",
    ok="#7CFFA0",
    warn="#FFE14D",
    bad="#FF9B92",
    curves=_CURVES_ON_DARK,
    steps=_STEPS_ON_DARK,
)
