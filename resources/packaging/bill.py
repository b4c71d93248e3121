"""What the packaged application is made of: a bill of materials (CycloneDX) and all licences.

`build.spec` writes both into the application, of what PyInstaller really took: a library that is
installed and not packed is not named; one that it took from the system is.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

BILL = "sbom.cdx.json"
LICENCES = "licences.txt"
_LICENCE_FILE = re.compile(
    r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$|/licenses/", re.IGNORECASE
)
# Of what lies in `resources`: the font has its own.
_LICENCE_NAMES = ("LICENSE*", "OFL.txt")
_NOT_SAID = "not said by its authors"
_RULE = "=" * 100
_LIBRARY = re.compile(r"\.(so|dylib|dll|pyd)(\.|$)", re.IGNORECASE)
_PYTHON = re.compile(r"^(lib)?python\d", re.IGNORECASE)


@dataclass(frozen=True)
class SystemPart:
    """What was packed of the system on which it was built.

    Attributes:
        name: Of the system's package; of the file where none is known.
        files: That were packed.
        version: As the system says it; empty where it says none.
        licence: The whole text, likewise.
    """

    name: str
    files: tuple[Path, ...]
    version: str = ""
    licence: str = ""


def packed(
    sources: Iterable[str], installed: Iterable[Distribution]
) -> tuple[list[Distribution], list[Path]]:
    """The distributions that files of the application come from, by name, and libraries of none.

    Args:
        sources: Paths of the files that were packed, before anything was done to them.
        installed: The distributions to choose from.
    """
    # A link within the application is named by what it points to in there.
    taken = {Path(source).resolve() for source in sources if Path(source).is_absolute()}
    found, others = {}, set(taken)
    for each in installed:
        own = {Path(str(each.locate_file(file))).resolve() for file in each.files or ()} & taken
        if own:
            found[canonicalize_name(each.metadata["Name"])] = each
            others -= own
    python = Path(sys.base_prefix).resolve()
    libraries = [
        file
        for file in sorted(others)
        if _LIBRARY.search(file.name)
        and not _PYTHON.search(file.name)
        and not ("lib-dynload" in file.parts or (python != Path("/usr") and python in file.parents))
    ]
    return [found[name] for name in sorted(found)], libraries


def of_system(libraries: Iterable[Path]) -> list[SystemPart]:
    """The system's packages that libraries come from, by name; where none is known the library."""
    found: dict[str, list[Path]] = {}
    unknown = []
    for file in libraries:
        package = _debian_package(file)
        if package:
            found.setdefault(package, []).append(file)
        else:
            unknown.append(SystemPart(file.name, (file,)))
    known = [_debian_part(package, tuple(files)) for package, files in found.items()]
    return sorted([*known, *unknown], key=lambda part: part.name)


def _debian_package(file: Path) -> str:
    """The package that has installed a file, as `dpkg` calls it; empty if none is known."""
    # Folders were merged into /usr after many packages had been made.
    names = (str(file), str(file).removeprefix("/usr"))
    answers = (_told(["dpkg-query", "--search", name]) for name in names)
    return next((answer.partition(": ")[0] for answer in answers if answer), "")


def _debian_part(package: str, files: tuple[Path, ...]) -> SystemPart:
    name = package.partition(":")[0]
    version = _told(["dpkg-query", "--show", "--showformat", "${Version}", package])
    text = Path("/usr/share/doc", name, "copyright")
    licence = text.read_text(encoding="utf-8", errors="replace") if text.is_file() else ""
    return SystemPart(name, files, version, licence)


def _told(command: Sequence[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


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
    return " and ".join(names) or first or _NOT_SAID


def bill(
    name: str, version: str, parts: Iterable[Distribution], system: Iterable[SystemPart] = ()
) -> str:
    """The bill of materials as CycloneDX 1.6, in JSON.

    Args:
        name: Of the application.
        version: Of the application.
        parts: What it is made of, beside Python itself.
        system: What of it comes from the system.
    """
    made = Bom()
    licences = LicenseFactory()
    whole = made.metadata.component = Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=name,
        licenses=[licences.make_from_string("Apache-2.0")],
    )
    python = sys.version.split()[0]
    made.components.add(
        Component(
            name="python",
            version=python,
            type=ComponentType.PLATFORM,
            bom_ref=f"python@{python}",
            licenses=[licences.make_from_string("PSF-2.0")],
        )
    )
    for part in parts:
        key = canonicalize_name(part.metadata["Name"])
        said = licence_of(part)
        known = [] if said == _NOT_SAID else [licences.make_from_string(said)]
        made.components.add(
            Component(
                name=key,
                version=part.version,
                type=ComponentType.LIBRARY,
                bom_ref=f"{key}@{part.version}",
                purl=PackageURL("pypi", name=key, version=part.version),
                description=part.metadata.get("Summary"),
                licenses=known,
            )
        )
    for each in system:
        made.components.add(_component(each))
    made.register_dependency(whole, made.components)
    return JsonV1Dot6(made).output_as_string(indent=2)


def _component(part: SystemPart) -> Component:
    if not part.version:
        content = part.files[0].read_bytes()
        digest = HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(content).hexdigest())
        return Component(
            name=part.name, type=ComponentType.LIBRARY, bom_ref=part.name, hashes=[digest]
        )
    try:
        distributor = platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        distributor = "debian"
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{part.name}@{part.version}",
        purl=PackageURL("deb", distributor, part.name, part.version),
        description=f"Of the system: {', '.join(file.name for file in part.files)}",
    )


def licences(own: Path, parts: Iterable[Distribution], system: Iterable[SystemPart] = ()) -> str:
    """The licences of everything that is packed, in full where its authors give a text.

    Args:
        own: The file with the application's licence.
        parts: What it is made of, beside Python itself.
        system: What of it comes from the system.
    """
    pieces = [_piece("Redistill", "Apache-2.0", [own.read_text("utf-8")])]
    pieces.append(_piece(f"Python {sys.version.split()[0]}", "PSF-2.0", _texts_of_python()))
    for part in parts:
        title = f"{part.metadata['Name']} {part.version}"
        pieces.append(_piece(title, licence_of(part), _texts(part)))
    for each in system:
        texts = [each.licence] if each.licence else []
        pieces.append(_piece(f"{each.name} {each.version}".strip(), "", texts))
    resources = own.parent / "resources"
    for text in sorted(file for name in _LICENCE_NAMES for file in resources.rglob(name)):
        name = text.relative_to(own.parent).as_posix()
        pieces.append(_piece(name, "", [text.read_text("utf-8")]))
    return "\n".join(pieces)


def write(folder: Path, own: Path, version: str, sources: Iterable[str]) -> list[Path]:
    """Write both files for an application made of these source files."""
    parts, libraries = packed(sources, distributions())
    system = of_system(libraries)
    texts = {
        BILL: bill("redistill", version, parts, system),
        LICENCES: licences(own, parts, system),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _texts(part: Distribution) -> Iterator[str]:
    for file in sorted(part.files or (), key=str):
        if _LICENCE_FILE.search(file.as_posix()) and file.suffix not in {".py", ".pyc", ".json"}:
            path = Path(str(part.locate_file(file)))
            if path.is_file():
                yield path.read_text(encoding="utf-8", errors="replace")


def _texts_of_python() -> Iterator[str]:
    for folder in (sysconfig.get_path("stdlib"), sys.base_prefix):
        file = Path(folder) / "LICENSE.txt"
        if file.is_file():
            yield file.read_text(encoding="utf-8", errors="replace")
            return


def _piece(title: str, licence: str, texts: Iterable[str]) -> str:
    head = f"{title}: {licence}" if licence else title
    found = list(texts) or ["Its files hold no text of the licence."]
    return "\n\n".join([f"{_RULE}\n{head}\n{_RULE}", *(text.strip() for text in found), ""])
