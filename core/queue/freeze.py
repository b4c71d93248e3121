"""What waits is what was asked: paths that don't depend on where it is started."""

from pathlib import Path

from core.recipe import Recipe


def frozen(recipe: Recipe) -> Recipe:
    """The same with the whole paths of folders and files that are there now."""
    data = recipe.data
    labeled = str(Path(data.labeled).absolute()) if data.labeled else data.labeled
    unlabeled = type(data.unlabeled)(str(Path(folder).absolute()) for folder in data.unlabeled)
    corrections = data.corrections
    if corrections is not None:
        corrections = str(Path(corrections).expanduser().absolute())
    name = recipe.model.name
    is_file = Path(name).exists() and (Path(name).is_absolute() or len(Path(name).parts) != 2)
    changes = {
        "data": data.model_copy(
            update={"labeled": labeled, "unlabeled": unlabeled, "corrections": corrections}
        ),
        "model": recipe.model.model_copy(
            update={"name": str(Path(name).absolute()) if is_file else name}
        ),
    }
    return recipe.model_copy(update=changes)
