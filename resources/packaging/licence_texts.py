"""The licences of all that is packed, in one text; `bill.py` says what that is."""

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution
from pathlib import Path

NOT_SAID = "not said by its authors"
# What lies in `resources` and is somebody else's: its name, version, licence and the text of that.
BROUGHT = (("inter", "4.1", "OFL-1.1", "fonts/OFL.txt"),)
# Of licences that demand their text where a library comes without: Qt's wheels have none.
_TEXTS = Path(__file__).with_name("licences")
_LICENCE_FILE = re.compile(
    r"(licen[cs]e|copying|copyright|notice|authors)[^/]*$|/licenses/[^/]+$", re.IGNORECASE
)
_NO_TEXT = {".py", ".pyc", ".pyi", ".json", ".h", ".hpp", ".so"}
_COMMON = re.compile(r"/usr/share/common-licenses/([\w.-]*\w)")
_RULE = "=" * 100


def licence_of(distribution: Distribution) -> str:
    """What a distribution says its licence is: an SPDX expression, or its own words."""
    metadata = distribution.metadata
    said = (metadata.get("License-Expression") or metadata.get("License") or "").strip()
    first, *others = said.splitlines() or [""]
    if first and not others:
        return first
    classifiers = metadata.get_all("Classifier") or []
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    # Some put the whole text there; it begins with its name.
    return " and ".join(names) or first or NOT_SAID


def licences(
    own: Path, parts: Iterable[Distribution], system: Iterable[tuple[str, str]] = ()
) -> str:
    """The licences of everything that is packed, in full where there is a text of it.

    Args:
        own: The file with the application's licence.
        parts: What it is made of, beside Python itself.
        system: Title and text of what comes from the system; an empty text where none is known.
    """
    system = list(system)
    apache = own.read_text("utf-8")
    pieces = [_piece("Redistill", "Apache-2.0", [apache])]
    pieces.append(_piece(f"Python {sys.version.split()[0]}", "PSF-2.0", _texts_of_python()))
    for part in parts:
        title, said = f"{part.metadata['Name']} {part.version}", licence_of(part)
        texts = list(_texts(part)) or list(_usual_texts(said, apache))
        pieces.append(_piece(title, said, texts))
    for name, version, said, file in BROUGHT:
        text = (own.parent / "resources" / file).read_text("utf-8")
        pieces.append(_piece(f"{name} {version}", said, [text]))
    pieces += [_piece(title, "", [text] if text else []) for title, text in system]
    # Debian's texts name these, and leave them where the system has them.
    named = {name for _, text in system for name in _COMMON.findall(text)}
    for file in sorted(Path("/usr/share/common-licenses", name) for name in named):
        if file.is_file():
            pieces.append(_piece(file.name, "named above", [_read(file)]))
    return "\n".join(pieces)


def _texts(part: Distribution) -> Iterator[str]:
    """Of its files with licences; else what its one module begins with."""
    found = False
    for file in sorted(part.files or (), key=str):
        path = Path(str(part.locate_file(file)))
        is_one = _LICENCE_FILE.search(file.as_posix()) and file.suffix not in _NO_TEXT
        if is_one and path.is_file():
            found = True
            yield _read(path)
    modules = [file for file in part.files or () if file.suffix == ".py" and len(file.parts) == 1]
    for module in [] if found else modules:
        head = re.match(r"(#.*\n)+", _read(Path(str(part.locate_file(module)))))
        if head and "copyright" in head[0].lower():
            yield head[0]


def _usual_texts(said: str, apache: str) -> Iterator[str]:
    """The texts of licences that a library without any says it is under."""
    if said.startswith("Apache"):
        yield apache
    for file in sorted(_TEXTS.iterdir()):
        if file.stem in said:
            yield _read(file)


def _texts_of_python() -> Iterator[str]:
    for folder in (sysconfig.get_path("stdlib"), sys.base_prefix):
        file = Path(folder) / "LICENSE.txt"
        if file.is_file():
            yield _read(file)
            return


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _piece(title: str, licence: str, texts: Iterable[str]) -> str:
    head = f"{title}: {licence}" if licence else title
    found = list(texts) or ["Its files hold no text of the licence."]
    return "\n\n".join([f"{_RULE}\n{head}\n{_RULE}", *(text.strip() for text in found), ""])
