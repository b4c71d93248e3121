"""Names out of files that come from elsewhere, as files of one folder and nothing beyond it."""

from pathlib import Path, PurePosixPath, PureWindowsPath


def stays_inside(name: str) -> bool:
    """Whether a name, joined to a folder, can only mean something below it, on any system."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    parts = {*posix.parts, *windows.parts}
    is_rooted = posix.is_absolute() or bool(windows.drive or windows.root)
    return bool(posix.parts) and not is_rooted and ".." not in parts and "\0" not in name


def file_inside(folder: Path, name: str) -> Path | None:
    """The regular file of that name below a folder; None where it is none.

    A link is none either, nor what lies behind one: it may lead anywhere.
    """
    if not stays_inside(name):
        return None
    file = folder / name
    way = [file, *file.parents][: len(PurePosixPath(name).parts)]
    return file if file.is_file() and not any(part.is_symlink() for part in way) else None
