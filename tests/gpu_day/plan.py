"""The sections of the day, in order, and how long each may take."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.gpu_day.day import Section

# What the limits are made for.
MINUTES = 8.0


@dataclass(frozen=True)
class Part:
    """A section and its limit.

    Attributes:
        name: In the table.
        seconds: What it may take where the day has `MINUTES`.
    """

    name: str
    seconds: float


# What says whether anything is right comes first; most end long before their limit.
PARTS = (
    Part("doctor", 30),
    Part("end to end", 120),
    Part("speed further", 75),
    Part("speed distill", 75),
    Part("speed finetune", 75),
    Part("profile", 60),
    Part("memory", 45),
    Part("pausing", 40),
    Part("several", 60),
    Part("predicting", 45),
    Part("measured", 75),
)


def section_named(name: str) -> Section:
    """Its function; imports what it needs, which takes seconds."""
    from tests.gpu_day.sections import (
        doctor,
        end_to_end,
        measured,
        memory,
        pausing,
        predicting,
        profile,
        several,
        speed,
    )

    return {
        "doctor": doctor.run,
        "end to end": end_to_end.run,
        "speed further": speed.of_stage("further"),
        "speed distill": speed.of_stage("distill"),
        "speed finetune": speed.of_stage("finetune"),
        "profile": profile.run,
        "memory": memory.run,
        "pausing": pausing.run,
        "several": several.run,
        "predicting": predicting.run,
        "measured": measured.run,
    }[name]


def limits(parts: tuple[Part, ...], minutes: float) -> Iterator[tuple[Part, float]]:
    """Each part with what it may take in a day of so many minutes."""
    for part in parts:
        yield part, part.seconds * minutes / MINUTES
