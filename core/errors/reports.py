"""What can go wrong when a report or figures are made."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "report-not-writable": Entry(
        "The report can't be written to {path}: {reason}.",
        "Choose another --out, or check permissions and free space.",
    ),
    "report-inside-data": Entry(
        "{path} lies inside the data folder {data}.",
        "Choose an --out outside it: Redistill never writes into your data.",
    ),
    "figure-format-unknown": Entry(
        "There is no figure format {name}.",
        "Choose from {formats}, with commas between them.",
    ),
    "figures-not-writable": Entry(
        "The figures can't be written to {path}: {reason}.",
        "Choose another --out, or check permissions and free space.",
    ),
    "figures-nothing-to-draw": Entry(
        "There is nothing to draw yet: no finished stage in {runs}.",
        "Let a run finish its first stage (`redistill resume RUN`), then try again.",
    ),
    "sweep-unreadable": Entry(
        "The sweep {sweep} can't be read: {reason}.",
        "Write it like further-steps=0,100,1000, rounds=0,1,2 or labels=1,5,all (labels per "
        "class).",
    ),
    "sweep-one-recipe": Entry(
        "A sweep starts from one recipe file, but {count} were given.",
        "Name one: redistill figures --sweep rounds=0,1,2 recipe.toml --out figures.",
    ),
    "sweep-changed": Entry(
        "{path} holds a run of this sweep's name with another recipe.",
        "Choose another --out, or give the recipe with which the sweep was begun.",
    ),
    "figures-no-runs": Entry(
        "No run was named to draw figures of.",
        "Name one or more run folders, or make runs with --sweep.",
    ),
}
