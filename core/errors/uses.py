"""What can go wrong when a finished run is used: its answers for other examples, its map."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "example-unreadable": Entry(
        _("{name} can't be read: {reason}"),
        _(
            "Leave it out: a row that is missing would shift all others. In Python, "
            "run.predict(…, embeddings=True) names what can't be read and goes on."
        ),
    ),
    "text-names-a-file": Entry(
        _(
            "“{text}” is the name of a file, and would be classified as a text of that many "
            "letters."
        ),
        _("For what is in the file, give pathlib.Path instead of str."),
    ),
    "texts-and-files": Entry(
        _("Some inputs are texts and some are files."),
        _("Give texts (str) and files (pathlib.Path) in calls of their own."),
    ),
    "map-empty": Entry(
        _("There is nothing to show on a map: no example of {whose} can be read."),
        _("Put the files back to where they were, or take the data that there are."),
    ),
    "map-damaged": Entry(
        _("The map {path} can't be read: {reason}."),
        _("Delete it; it is made again when it is asked for."),
    ),
    "map-form": Entry(
        _("A map can't be written as {path}, which ends in {suffix}."),
        _("End its name in .html for a page to look at, or in .parquet or .csv for a table."),
    ),
    "map-not-writable": Entry(
        _("The map can't be written to {path}: {reason}."),
        _("Choose another --out, or check permissions and free space."),
    ),
    "unknown-needs-validation": Entry(
        _(
            "This classifier can't say “unknown” at the level {level}: that takes at least {least} "
            "examples that were held out of training, and there are {found}."
        ),
        _(
            "Ask for a lower level, or start a run with a validation part (`data.val_fraction`, on "
            "the Plan page), or with more labels and a preset that searches (quick, balanced, "
            "strong)."
        ),
    ),
    "predict-inside-data": Entry(
        _("{path} lies inside {data}, the folder that is classified."),
        _("Choose a place outside it: Redistill never writes into your data."),
    ),
    "predict-sorts-around-data": Entry(
        _("{data}, which is classified, lies inside {path}, where copies shall go."),
        _("Choose a folder that holds none of your data: Redistill never writes into it."),
    ),
    "predict-nothing-found": Entry(
        _("There is nothing to classify in {path}: no {examples} were found."),
        _("Choose another folder, or watch this one (`--watch`): what comes later is classified."),
    ),
    "predict-locked": Entry(
        _("Another process is writing predictions to {path} at the moment."),
        _("Wait until it ends, or choose another file."),
    ),
    "predict-nothing-there": Entry(
        _("There is no {path}."),
        _("Check the spelling, and that the drive it is on is connected."),
    ),
    "table-is-csv": Entry(
        _("The table is a CSV file, and the name {path} ends in {suffix}."),
        _("Choose a name that ends in .csv."),
    ),
    "predict-table-form": Entry(
        _("Representations can't be written to {path}: its name ends in {suffix}."),
        _(
            "Choose a name that ends in .parquet, with what was predicted, or in .npy, plain "
            "numbers."
        ),
    ),
    "predict-device": Entry(
        _("There is no device {device} to predict on: {reason}."),
        _(
            "Leave --device out, or name another one; `redistill doctor` tells what this machine "
            "has."
        ),
    ),
    "predict-memory": Entry(
        _("There is no memory to classify even one example at a time ({detail})."),
        _("Close other programs, or wait until they are done, then give the same command again."),
    ),
}
