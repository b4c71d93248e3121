"""Folders with examples in them, as a tree: what lies in what, and which levels mean nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.data.splits import is_generic, nfc, roles_of

# A folder with so few loose files (one in so many) is passed through all the same.
FEW_LOOSE = 10


@dataclass
class Folder:
    """One folder.

    Attributes:
        path: POSIX path below the folder that was given; empty for that one.
        num_files: Examples directly in it.
        children: Folders in it that hold examples at any depth, by name.
    """

    path: str
    num_files: int = 0
    children: dict[str, "Folder"] = field(default_factory=dict)
    num_below: int = 0

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def num_all(self) -> int:
        """Examples in it at any depth."""
        return self.num_files + self.num_below

    def walk(self) -> Iterator["Folder"]:
        """Itself and every folder below."""
        todo = [self]
        while todo:
            folder = todo.pop()
            yield folder
            todo.extend(folder.children.values())

    def find(self, path: str) -> "Folder":
        """The folder at a path below."""
        folder = self
        for part in filter(None, path.split("/")):
            folder = folder.children[part]
        return folder


def folder_tree(counts: Mapping[str, int]) -> Folder:
    """The tree of folders of which each holds so many examples directly."""
    top = Folder("")
    for path, count in sorted(counts.items()):
        folder = top
        for part in filter(None, path.split("/")):
            folder.num_below += count
            below = f"{folder.path}/{part}" if folder.path else part
            folder = folder.children.setdefault(part, Folder(below))
        folder.num_files += count
    return top


def only_child(folder: Folder) -> Folder | None:
    """The single folder in one that holds (nearly) nothing else."""
    if len(folder.children) != 1 or folder.num_files * FEW_LOOSE > folder.num_below:
        return None
    return next(iter(folder.children.values()))


def core_of(folder: Folder) -> Folder:
    """Where the content of a split's or a class's folder starts.

    A single folder in it is passed through if it repeats the name (`train/train`), says only what
    is in it (`train/images`), or holds nothing but several folders (`train/pets/cats`).
    """
    while len(folder.children) == 1 and not folder.num_files:
        child = next(iter(folder.children.values()))
        holds_folders = len(child.children) > 1 and not child.num_files
        if not (_repeats(child.name, folder.name) or is_generic(child.name) or holds_folders):
            return folder
        folder = child
    return folder


def _repeats(name: str, above: str) -> bool:
    if nfc(name).casefold() == nfc(above).casefold():
        return True
    role = roles_of([name]).get(name)
    return role is not None and role == roles_of([above]).get(above)
