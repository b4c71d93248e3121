"""What can go wrong with the list of runs that wait."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "queue-unknown": Entry(
        "{name} is not in the queue.",
        "Name the number or the folder of a run that `redistill queue list` shows.",
    ),
    "queue-finished": Entry(
        "The run {path} is finished already.",
        "Queue another one; its results are there (`redistill report {path!q}`).",
    ),
    "queue-running": Entry(
        "The run {path} is being trained.",
        "Pause it first (`redistill pause {path!q}`, or `redistill queue pause` for all).",
    ),
    "queue-worked-on": Entry(
        "Another process works on the queue already.",
        "It takes what is added, too. `redistill queue list` shows where it is, "
        "`redistill queue pause` ends it.",
    ),
    "queue-busy": Entry(
        "The queue {path} is being changed by another process that does not end.",
        "Try again; if it stays so, end other windows of Redistill.",
    ),
    "queue-damaged": Entry(
        "The queue {path} can't be read: {reason}.",
        "Move that file away: the runs themselves are in their folders, and can be queued again.",
    ),
    "queue-newer": Entry(
        "The queue {path} was written by a newer Redistill.",
        "Update Redistill. Nothing in it was changed.",
    ),
}
