"""A recipe that says the same wherever it is read: in a queue, by a trainer, or a year later."""

from pathlib import Path, PureWindowsPath

from core.recipe import Recipe, modalities


def whole_path(path: str) -> str:
    """The same from the root; `~` is the user's home. Paths of another system stay."""
    if PureWindowsPath(path).is_absolute():
        return path
    return str(Path(path).expanduser().absolute())


def with_whole_paths(recipe: Recipe) -> Recipe:
    """The same with the whole paths of folders and files, a model's among them if it is there."""
    data, name = recipe.data, recipe.model.name
    unlabeled = type(data.unlabeled)(whole_path(each) for each in data.unlabeled)
    changes = {
        "data": data.model_copy(
            update={
                "unlabeled": unlabeled,
                "labeled": whole_path(data.labeled) if data.labeled else data.labeled,
                "corrections": whole_path(data.corrections) if data.corrections else None,
            }
        ),
        "model": recipe.model.model_copy(
            update={"name": whole_path(name) if _is_here(name) else name}
        ),
    }
    return recipe.model_copy(update=changes)


def _is_here(name: str) -> bool:
    """Whether a model's name is a file or folder; the bundled ones win over these, as they load."""
    if name in {modality.starter for modality in modalities().values()}:
        return False
    return Path(name).expanduser().exists()
