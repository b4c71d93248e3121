"""What can be wrong with a recipe."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "recipe-unreadable": Entry(
        "The recipe {path} can't be read: {reason}.",
        "Check that the file exists and is valid TOML, or save a new one (Plan page, "
        "`redistill recipe`).",
    ),
    "recipe-invalid": Entry(
        "The recipe{where} has {count} thing(s) that can't be used:\n{problems}",
        "Correct the named keys; a saved plan is a complete recipe, and so is what "
        "`redistill recipe --preset quick` prints.",
    ),
    "recipe-newer": Entry(
        "The recipe {path} has format {found}; this version of Redistill reads up to {known}.",
        "Update Redistill, or open the recipe with the version that wrote it.",
    ),
    "preset-unknown": Entry(
        "There is no preset {name}.",
        "Choose one of: {presets}.",
    ),
    "setting-unreadable": Entry(
        "--set {setting} can't be read: {reason}.",
        "Write it as KEY=VALUE with the key of the recipe, such as --set pretrain.lr=1e-4.",
    ),
    "compare-arms": Entry(
        "These arms can't be compared: {reason}.",
        "Give --arms as a list with commas, of: {known}; `base` is what the others are compared "
        "with.",
    ),
    "compare-no-labels": Entry(
        "The recipe names no labeled images, so there is nothing to compare arms by.",
        "Give --labeled FOLDER, or set data.labeled in the recipe.",
    ),
    "task-lacks": Entry(
        "With {task} that is not possible: {reason}.",
        "A run whose recipe says data.task single-label (--set data.task=single-label) leaves out "
        "examples with several labels, and has it.",
    ),
    "no-data-named": Entry(
        "The recipe names no images: neither data.unlabeled nor data.labeled is set.",
        "Give a folder of unlabeled images, one of labeled images, or both (--unlabeled, "
        "--labeled, or in the recipe).",
    ),
}
