"""Numbers as people say them."""

import re
import time

from PySide6.QtCore import QDateTime, QLocale

from core.recipe.arms import ARMS, title_of

_WEEKDAY = re.compile(r"^dddd[,\s]*|[,\s]*dddd$")


def bytes_in_words(num_bytes: float) -> str:
    """`3.4 MB`; in powers of 1000, as file managers count."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if num_bytes < 1000 or unit == "GB":
            break
        num_bytes /= 1000
    is_whole = unit == "bytes" or num_bytes >= 100
    return f"{num_bytes:,.0f} {unit}" if is_whole else f"{num_bytes:.1f} {unit}"


def duration(seconds: float | None) -> str:
    """`1 h 05 min`; a dash while it is not known."""
    if seconds is None:
        return "–"  # noqa: RUF001
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60:02d} min" if hours < 48 else f"{hours / 24:.1f} days"


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
    """`91.2 %`."""
    return f"{100 * share:.{digits}f} %"


def stage_title(name: str) -> str:
    """`02-self-distill-round-1` as `Self-distillation, round 1`."""
    _, _, rest = name.partition("-")
    for key, title in (
        ("race", "Race of ways to adapt the model"),
        ("decoder-warmup", "Decoder warm-up"),
        ("further-pretrain", "Further pre-training"),
        ("self-distill", "Self-distillation"),
        ("search", "Search for a learning rate"),
        ("finetune", "Fine-tuning"),
    ):
        if rest.startswith(key):
            found = title + _details(rest.removeprefix(key).strip("-"))
            return found.replace("Fine-tuning, fine-tuning", "Fine-tuning")
    return rest or name


def stage_short(name: str) -> str:
    """A stage in two words, for narrow places."""
    title = stage_title(name)
    for long, short in (
        ("Race of ways to adapt the model", "Race"),
        ("Further pre-training", "Pre-training"),
        ("Self-distillation, round ", "Distillation "),
        ("Fine-tuning, ", ""),
        ("Search for a learning rate, ", "Search, "),
        (", seed 0", ""),
    ):
        title = title.replace(long, short)
    return title[:1].upper() + title[1:]


def arm_title(arm: str) -> str:
    """An arm as a person would call it."""
    title = title_of(arm)
    return title[:1].upper() + title[1:]


def _details(rest: str) -> str:
    for arm in ARMS:
        # Names with a hyphen are one word.
        rest = rest.replace(arm, arm.replace("-", "_"))
    parts = rest.split("-") if rest else []
    words = []
    while parts:
        word = parts.pop(0)
        if word in {"round", "seed", "repeat"} and parts:
            words.append(f"{word} {parts.pop(0)}")
        else:
            words.append(title_of(word.replace("_", "-")))
    return f", {', '.join(words)}" if words else ""
