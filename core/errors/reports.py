"""What can go wrong when a report or figures are made."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "report-not-writable": Entry(
        _("The report can't be written to {path}: {reason}."),
        _("Choose another --out, or check permissions and free space."),
    ),
    "report-inside-data": Entry(
        _("{path} lies inside the data folder {data}."),
        _("Choose an --out outside it: Redistill never writes into your data."),
    ),
    "out-is-data": Entry(
        _("{path} is a file of your data."),
        _("Choose another --out: Redistill never writes into your data."),
    ),
    "figure-format-unknown": Entry(
        _("There is no figure format {name}."),
        _("Choose from {formats}, with commas between them."),
    ),
    "figures-not-writable": Entry(
        _("The figures can't be written to {path}: {reason}."),
        _("Choose another --out, or check permissions and free space."),
    ),
    "figures-nothing-to-draw": Entry(
        _("There is nothing to draw yet: no finished stage in {runs}."),
        _("Let a run finish its first stage (`redistill resume RUN`), then try again."),
    ),
    "sweep-unreadable": Entry(
        _("The sweep {sweep} can't be read: {reason}."),
        _(
            "Write it like further-steps=0,100,1000, rounds=0,1,2 or labels=1,5,all (labels per "
            "class)."
        ),
    ),
    "sweep-one-recipe": Entry(
        _("A sweep starts from one recipe file, but {count} were given."),
        _("Name one: redistill figures --sweep rounds=0,1,2 recipe.toml --out figures."),
    ),
    "sweep-changed": Entry(
        _("{path} holds a run of this sweep's name with another recipe."),
        _("Choose another --out, or give the recipe with which the sweep was begun."),
    ),
    "figures-no-runs": Entry(
        _("No run was named to draw figures of."),
        _("Name one or more run folders, or make runs with --sweep."),
    ),
}
