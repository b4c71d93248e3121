"""What can go wrong with the list of runs that wait."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "queue-unknown": Entry(
        _("{name} is not in the queue."),
        _("Name the number or the folder of a run that `redistill queue list` shows."),
    ),
    "queue-finished": Entry(
        _("The run {path} is finished already."),
        _("Queue another one; its results are there (`redistill report {path!q}`)."),
    ),
    "queue-running": Entry(
        _("The run {path} is being trained."),
        _("Pause it first (`redistill pause {path!q}`, or `redistill queue pause` for all)."),
    ),
    "queue-worked-on": Entry(
        _("Another process works on the queue already."),
        _(
            "It takes what is added, too. `redistill queue list` shows where it is, "
            "`redistill queue pause` ends it."
        ),
    ),
    "queue-busy": Entry(
        _("The queue {path} is being changed by another process that does not end."),
        _("Try again; if it stays so, end other windows of Redistill."),
    ),
    "queue-damaged": Entry(
        _("The queue {path} can't be read: {reason}."),
        _(
            "Move that file away: the runs themselves are in their folders, and can be queued "
            "again."
        ),
    ),
    "queue-newer": Entry(
        _("The queue {path} was written by a newer Redistill."),
        _("Update Redistill. Nothing in it was changed."),
    ),
}
