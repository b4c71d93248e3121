"""The colours of the three looks; text on its ground has a contrast of at least 4.5 (a test)."""

from dataclasses import dataclass

# Okabe and Ito's palette, told apart by colour-blind people; darkened or lightened until it
# stands out (3:1) from the ground it is drawn on.
_CURVES_ON_LIGHT = ("#0072B2", "#C44E00", "#007A58", "#A8457F", "#8A6100", "#3B3B3B")
_CURVES_ON_DARK = ("#56B4E9", "#FF9A4D", "#3FD0A4", "#E79AC4", "#F0E442", "#D0D6DE")


@dataclass(frozen=True, kw_only=True)
class Colours:
    """One look; all values are `#RRGGBB`.

    Attributes:
        window: Ground of pages.
        surface: Ground of cards, fields and lists.
        raised: Ground of buttons, headers and whatever is pointed at.
        border: Lines around things that can be used; 3:1 against their ground.
        line: Lines that only part things.
        text: Text.
        muted: Text of less weight.
        disabled: Words of controls that can't be used now.
        accent: The primary button, the chosen step, focus.
        on_accent: Text on `accent`.
        accent_soft: Ground of what is chosen.
        ok: Good news.
        warn: Needs attention.
        bad: Failed.
        curves: Colours of curves and bars, in the order of use.
    """

    window: str
    surface: str
    raised: str
    border: str
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    accent_soft: str
    ok: str
    warn: str
    bad: str
    curves: tuple[str, ...]


LIGHT = Colours(
    window="#F4F6F8",
    surface="#FFFFFF",
    raised="#E9EDF2",
    border="#7C8898",
    line="#D5DBE3",
    text="#17202B",
    muted="#4C5868",
    disabled="#7C8898",
    accent="#1B5FAE",
    on_accent="#FFFFFF",
    accent_soft="#DCE9F8",
    ok="#1B6E3A",
    warn="#7D4F00",
    bad="#A8201A",
    curves=_CURVES_ON_LIGHT,
)

DARK = Colours(
    window="#14181E",
    surface="#1C222B",
    raised="#29323E",
    border="#7A879A",
    line="#323C4A",
    text="#E8ECF2",
    muted="#AEB9C8",
    disabled="#7A879A",
    accent="#82B4FF",
    on_accent="#0B1A30",
    accent_soft="#23364F",
    ok="#78D497",
    warn="#F2C14E",
    bad="#FF9B92",
    curves=_CURVES_ON_DARK,
)

HIGH_CONTRAST = Colours(
    window="#000000",
    surface="#000000",
    raised="#1A1A1A",
    border="#FFFFFF",
    line="#FFFFFF",
    text="#FFFFFF",
    muted="#FFFFFF",
    disabled="#9A9A9A",
    accent="#FFE14D",
    on_accent="#000000",
    accent_soft="#333000",
    ok="#7CFFA0",
    warn="#FFE14D",
    bad="#FF9B92",
    curves=_CURVES_ON_DARK,
)
