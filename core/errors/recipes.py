"""What can be wrong with a recipe."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "recipe-unreadable": Entry(
        _("The recipe {path} can't be read: {reason}."),
        _(
            "Check that the file exists and is valid TOML, or save a new one (Plan page, "
            "`redistill recipe`)."
        ),
    ),
    "recipe-invalid": Entry(
        _("The recipe{where} has {count} thing(s) that can't be used:\n{problems}"),
        _(
            "Correct the named keys; a saved plan is a complete recipe, and so is what "
            "`redistill recipe --preset quick` prints."
        ),
    ),
    "recipe-newer": Entry(
        _("The recipe {path} has format {found}; this version of Redistill reads up to {known}."),
        _("Update Redistill, or open the recipe with the version that wrote it."),
    ),
    "preset-unknown": Entry(
        _("There is no preset {name}."),
        _("Choose one of: {presets}."),
    ),
    "setting-unreadable": Entry(
        _("--set {setting} can't be read: {reason}."),
        _("Write it as KEY=VALUE with the key of the recipe, such as --set pretrain.lr=1e-4."),
    ),
    "argument-empty": Entry(
        _("An argument of the command is empty: the one of {at}."),
        _("If it came from a variable of the shell, that has no value; check its name."),
    ),
    "compare-arms": Entry(
        _("These arms can't be compared: {reason}."),
        _(
            "Give --arms as a list with commas, of: {known}; `base` is what the others are "
            "compared with."
        ),
    ),
    "compare-no-labels": Entry(
        _("The recipe names no labeled images, so there is nothing to compare arms by."),
        _("Give --labeled FOLDER, or set data.labeled in the recipe."),
    ),
    "task-lacks": Entry(
        _("With {task} that is not possible: {reason}."),
        "{instead}",
    ),
    "no-data-named": Entry(
        _("The recipe names no images: neither data.unlabeled nor data.labeled is set."),
        _(
            "Give a folder of unlabeled images, one of labeled images, or both (--unlabeled, "
            "--labeled, or in the recipe)."
        ),
    ),
}
