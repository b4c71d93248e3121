"""A time of day to end at."""

import re
from datetime import datetime, timedelta

_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def local_time() -> datetime:
    """Now, in this machine's zone."""
    return datetime.now().astimezone()


def next_time(text: str, now: datetime) -> datetime | None:
    """The next moment when a clock shows `07:30`; None if that is no time of day.

    Args:
        text: Hours and minutes, in 24 hours.
        now: The time, of this machine's zone.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    # As people read it from a clock, which may be put forward or back in between.
    clock = now.replace(tzinfo=None)
    at = clock.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return (at if at > clock else at + timedelta(days=1)).astimezone()


def in_words(until: datetime, now: datetime) -> str:
    """`07:30 tomorrow`."""
    days = (until.date() - now.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"{until:%Y-%m-%d}")
    return f"{until:%H:%M} {day}"
