"""What can be wrong with a recipe."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "recipe-unreadable": Entry(
        "The recipe {path} can't be read: {reason}.",
        "Check that the file exists and is valid TOML, or make a new one with `redistill recipe`.",
    ),
    "recipe-invalid": Entry(
        "The recipe{where} has {count} thing(s) that can't be used:\n{problems}",
        "Correct the named keys; `redistill recipe --preset quick` prints a complete, valid recipe.",
    ),
    "recipe-newer": Entry(
        "The recipe {path} has format {found}; this version of Redistill reads up to {known}.",
        "Update Redistill, or open the recipe with the version that wrote it.",
    ),
}
