"""Which tabs there are for a run's answer: what means nothing for its task is not shown."""

from collections.abc import Iterable

from PySide6.QtWidgets import QTabWidget, QWidget

from core.language import _
from core.readers.outcome import RunOutcome


def show_tabs(
    tabs: QTabWidget,
    outcome: RunOutcome,
    per_class: QWidget,
    answers: Iterable[QWidget],
    uses: Iterable[QWidget],
) -> None:
    """Show the tabs that an outcome has something for.

    Args:
        tabs: All of them.
        outcome: Of the run.
        per_class: Scores of each class.
        answers: What goes by the one answer to each example.
        uses: What a classifier is needed for.
    """
    is_multi, has_rows = outcome.task.is_multi, bool(outcome.rows)
    shown = {per_class: has_rows}
    # Of several labels there is no single answer to be wrong, or sure of.
    shown |= dict.fromkeys(answers, has_rows and not is_multi)
    shown |= dict.fromkeys(uses, bool(outcome.classifiers))
    for tab, is_shown in shown.items():
        tabs.setTabVisible(tabs.indexOf(tab), is_shown)
    tabs.setTabText(tabs.indexOf(per_class), _("Per &label") if is_multi else _("Per &class"))
