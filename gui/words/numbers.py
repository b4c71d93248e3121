"""Numbers as people say them."""

import re
import time

from PySide6.QtCore import QDateTime, QLocale

from core.language import _
from core.recipe import shares
from core.recipe.arms import ARMS, BASE, title_of
from core.system.units import GIB

_BYTES = _("bytes")
_STAGES = {
    "race": _("Race of ways to adapt the model"),
    "decoder-warmup": _("Decoder warm-up"),
    "further-pretrain": _("Further pre-training"),
    "self-distill": _("Self-distillation"),
    "search": _("Search for a learning rate"),
    "finetune": _("Fine-tuning"),
}
_SHORT = {
    "race": _("Race"),
    "decoder-warmup": _("Decoder warm-up"),
    "further-pretrain": _("Pre-training"),
    "self-distill": _("Self-distillation"),
    "search": _("Search"),
}
_NUMBERED = {
    "round": _("round {number}"),
    "seed": _("seed {number}"),
    "repeat": _("repeat {number}"),
}
_WEEKDAY = re.compile(r"^dddd[,\s]*|[,\s]*dddd$")


def bytes_in_words(num_bytes: float) -> str:
    """`3.4 MB`; in powers of 1000, as file managers count."""
    for unit in (_BYTES, "kB", "MB", "GB"):
        if num_bytes < 1000 or unit == "GB":
            break
        num_bytes /= 1000
    is_whole = unit == _BYTES or num_bytes >= 100
    number = f"{num_bytes:,.0f}" if is_whole else f"{num_bytes:.1f}"
    # They stay in one line.
    return f"{number}\N{NO-BREAK SPACE}{unit}"


def gib_in_words(gib: float) -> str:
    """Memory or disk that is counted in GiB, in the unit that everything here is told in."""
    return bytes_in_words(gib * GIB)


def duration(seconds: float | None) -> str:
    """`1 h 05 min`; a dash while it is not known."""
    if seconds is None:
        return "–"  # noqa: RUF001
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    hours = minutes // 60
    return (
        _("{hours} h {minutes:02d} min").format(hours=hours, minutes=minutes % 60)
        if hours < 48
        else _("{hours:.1f} days").format(hours=hours / 24)
    )


def clock_time(seconds_from_now: float) -> str:
    """`16:40`, or with the day when it is not today, as the system writes it."""
    then = QDateTime.fromSecsSinceEpoch(round(time.time() + seconds_from_now))
    text = QLocale.system().toString(then.time(), QLocale.FormatType.ShortFormat)
    if then.date() == QDateTime.currentDateTime().date():
        return text
    return f"{QLocale.system().toString(then.date(), 'ddd d MMM')} {text}"


def date_and_time(moment: float, locale: QLocale | None = None) -> str:
    """`29 Nov 2026, 05:48`, in the order and the words of the system.

    Args:
        moment: Seconds since the epoch.
        locale: Of the system if None.
    """
    locale = locale or QLocale.system()
    # Qt has a date in digits and one with the day of the week; this is the second without it.
    form = _WEEKDAY.sub("", locale.dateFormat(QLocale.FormatType.LongFormat))
    then = QDateTime.fromSecsSinceEpoch(round(moment))
    date = locale.toString(then.date(), form.replace("MMMM", "MMM"))
    return f"{date}, {locale.toString(then.time(), QLocale.FormatType.ShortFormat)}"


def percent(share: float, digits: int = 1) -> str:
    """`91.2 %`; of R² far below nothing `below −100 %`."""  # noqa: RUF002
    return shares.percent(share, digits).replace("-", "−")  # noqa: RUF001


def stage_title(name: str) -> str:
    """`02-self-distill-round-1` as `Self-distillation, round 1`."""
    kind, details = _stage_parts(name)
    if not kind:
        return details[0]
    if kind == "finetune" and details[:1] == [title_of(BASE)]:
        return ", ".join((arm_title(BASE), *details[1:]))
    return ", ".join((_STAGES[kind], *details))


def stage_kind(name: str) -> str:
    """`02-self-distill-round-1` as `Self-distillation`."""
    return _STAGES.get(_stage_parts(name)[0], name)


def stage_short(name: str) -> str:
    """A stage in two words, for narrow places."""
    kind, details = _stage_parts(name)
    if kind == "self-distill" and "-round-" in name and len(details) == 1:
        return _("Distillation {number}").format(number=name.rpartition("-")[2])
    details = [each for each in details if each != _seed(0)]
    short = _SHORT.get(kind, "")
    title = ", ".join(filter(None, (short, *details))) if details or short else stage_title(name)
    return title[:1].upper() + title[1:]


def arm_title(arm: str) -> str:
    """An arm as a person would call it."""
    title = title_of(arm)
    return title[:1].upper() + title[1:]


def _stage_parts(name: str) -> tuple[str, list[str]]:
    """The kind of a stage and its details in words; of an unknown one no kind."""
    rest = name.partition("-")[2]
    kind = next((key for key in _STAGES if rest.startswith(key)), "")
    return (kind, _details(rest.removeprefix(kind).strip("-"))) if kind else ("", [rest or name])


def _details(rest: str) -> list[str]:
    for arm in ARMS:
        # Names with a hyphen are one word.
        rest = rest.replace(arm, arm.replace("-", "_"))
    parts = rest.split("-") if rest else []
    words = []
    while parts:
        word = parts.pop(0)
        if word in _NUMBERED and parts:
            words.append(_NUMBERED[word].format(number=parts.pop(0)))
        else:
            words.append(title_of(word.replace("_", "-")))
    return words


def _seed(number: int) -> str:
    return _NUMBERED["seed"].format(number=number)
