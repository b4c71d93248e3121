"""Recipes as TOML files: read with every problem named, written atomically."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import RunError
from core.language import _
from core.recipe.tree import RECIPE_FORMAT, Recipe
from core.system.atomic import write_text


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        RunError: The file can't be read, is not TOML, has unknown keys or impossible values
            (all of them are named), or was written by a newer version.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RunError("recipe-unreadable", path=path, reason=reason) from error
    return parse_recipe(text, path)


def parse_recipe(text: str, path: Path | None = None) -> Recipe:
    """The recipe in a TOML text; `path` is only named in errors."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RunError("recipe-unreadable", path=path or "text", reason=error) from error
    return validated_recipe(values, path)


def validated_recipe(values: dict[str, Any], path: Path | None = None) -> Recipe:
    """The recipe of nested values as a TOML file or command-line options give them."""
    found = values.get("format", RECIPE_FORMAT)
    if isinstance(found, int) and found > RECIPE_FORMAT:
        raise RunError("recipe-newer", path=path or "recipe", found=found, known=RECIPE_FORMAT)
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        details = error.errors()
        raise RunError(
            "recipe-invalid",
            where=f" {path}" if path else "",
            count=len(details),
            problems="\n".join(f"  - {_in_words(detail)}" for detail in details),
        ) from error


def problems_in(values: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with nested values, in sentences to stand beside a field; none if all is well.

    Args:
        values: As for `validated_recipe`.
    """
    try:
        Recipe.model_validate(values)
    except ValidationError as error:
        return tuple(_beside_a_field(detail) for detail in error.errors())
    return ()


def dump_recipe(recipe: Recipe) -> str:
    """The recipe as TOML, every key written out; unset keys (None) are left out."""
    return tomli_w.dumps(recipe.model_dump(mode="json", exclude_none=True))


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Write the recipe to `path`, whole or not at all."""
    write_text(path, dump_recipe(recipe))


# Of numbers, by pydantic's type of error: where it has the limit, and what is said.
_LIMITS = {
    "greater_than": ("gt", _("It has to be greater than {limit:g}.")),
    "greater_than_equal": ("ge", _("It has to be {limit:g} or more.")),
    "less_than": ("lt", _("It has to be less than {limit:g}.")),
    "less_than_equal": ("le", _("It has to be {limit:g} or less.")),
}


def _beside_a_field(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "float_parsing" | "float_type" | "bool_parsing":
            return _("A number is needed here.")
        case "int_parsing" | "int_type" | "int_from_float":
            return _("A whole number is needed here.")
    if detail["type"] in _LIMITS:
        key, words = _LIMITS[detail["type"]]
        return words.format(limit=detail["ctx"][key])
    reason = detail["msg"].removeprefix("Value error, ")
    reason = reason.replace("Input should be", "It has to be").replace("Input should", "It has to")
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def _in_words(detail: ErrorDetails) -> str:
    """One problem: the key, the value and the reason; for a mistyped key the likely one."""
    location = [str(part) for part in detail["loc"]]
    key = ".".join(location) or "recipe"
    if detail["type"] == "extra_forbidden":
        likely = difflib.get_close_matches(location[-1], _keys_beside(location), n=1)
        hint = f"; did you mean {likely[0]}?" if likely else ""
        return f"{key}: there is no such key{hint}"
    reason = detail["msg"].removeprefix("Value error, ")
    value = detail["input"]
    return f"{key}: {reason}" + ("" if isinstance(value, dict) else f" (it is {value!r})")


def _keys_beside(location: list[str]) -> list[str]:
    section: type[BaseModel] = Recipe
    for part in location[:-1]:
        annotation = section.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        section = annotation
    return list(section.model_fields)
