"""The report as one HTML file: no script, no network, light and dark, and it prints well."""

import time
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from core.data.own_places import refuse_data_of
from core.errors import RunError
from core.figures.figure import Figure
from core.figures.paper import figures_of
from core.figures.svg import dark_rules
from core.hub.catalog import starter_folder
from core.readers.estimate import ScoreEstimate
from core.recipe.shares import number_of, signed
from core.report.facts import RunFacts, gather
from core.run.folder import RunFolder
from core.system.atomic import write_text
from core.version import __version__

_TEMPLATES = starter_folder().parent / "templates" / "report"


def write_report(runs: Sequence[Path], out: Path) -> None:
    """Write the report of one or more runs to `out`, whole or not at all.

    Raises:
        RunError: One is no run or damaged, or `out` can't be written, or lies among their data.
    """
    for run in runs:
        refuse_data_of(RunFolder.open(run), out)
    page = report_page(runs)
    try:
        write_text(out, page)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("report-not-writable", path=out, reason=reason) from error


def report_page(runs: Sequence[Path]) -> str:
    """The report as HTML.

    Raises:
        RunError: One is no run or damaged.
    """
    facts = [gather(run) for run in runs]
    # Escaping is on: names of classes and files are the user's and may be anything.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.jinja").render(
        runs=facts,
        compared=_compared(runs) if len(runs) > 1 else [],
        version=__version__,
        now=time.strftime("%Y-%m-%d %H:%M"),
        dark_rules=Markup(dark_rules()),
        safe_svg=_inline,
        percent=_percent,
        interval=_interval,
        signed=_signed,
        p_value=_p_value,
        duration=_duration,
        date=lambda seconds: time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)),
    )
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _compared(runs: Sequence[Path]) -> list[Figure]:
    """The figures that need several runs; those of one run stand with it."""
    try:
        return [each for each in figures_of(runs) if each.name.startswith("accuracy-against")]
    except RunError:
        return []


def _inline(chart: Figure | str) -> Markup:
    svg = chart if isinstance(chart, str) else chart.svg(is_inline=True)
    return Markup(svg)


def _percent(share: float | None) -> str:
    return "\u2013" if share is None else _minus(number_of(share))


def _interval(estimate: ScoreEstimate) -> str:
    return _minus(f"{number_of(estimate.low)} to {number_of(estimate.high)}")


def _signed(share: float) -> str:
    return _minus(signed(share))


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")


def _p_value(p: float | None) -> str:
    if p is None:
        return "\u2013"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


__all__ = ["RunFacts", "report_page", "write_report"]
