"""What the packaged application is made of: a bill of materials (CycloneDX) and all licences.

`build.spec` writes both into the application, of what PyInstaller really took: a library that is
installed and not packed is not named; one that it took from the system is.
"""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from licence_texts import BROUGHT, NOT_SAID, licence_of, licences
from packageurl import PackageURL
from packaging.utils import canonicalize_name

BILL = "sbom.cdx.json"
LICENCES = "licences.txt"
# Wheels with compiled parts say what went into these (PEP 770).
_OWN_BILL = re.compile(r"\.dist-info/sboms/[^/]+\.json$")
_LIBRARY = re.compile(r"\.(so|dylib|dll|pyd)(\.|$)", re.IGNORECASE)
_FACTORY = LicenseFactory()
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


def brought(sources: Iterable[str], parts: Iterable[Distribution]) -> list[SystemPart]:
    """Libraries of others that wheels bring along in a folder beside them, as `numpy.libs`."""
    taken = {Path(source).resolve() for source in sources if Path(source).is_absolute()}
    found = {}
    for part in parts:
        words = f"Its licence stands among those of {part.metadata['Name']} {part.version}."
        for file in part.files or ():
            path = Path(str(part.locate_file(file))).resolve()
            if file.parts[0].endswith(".libs") and path in taken:
                found[file.name] = SystemPart(file.name, (path,), licence=words)
    return [found[name] for name in sorted(found)]


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
    whole = made.metadata.component = _own(name, version, ComponentType.APPLICATION, "Apache-2.0")
    python = sys.version.split()[0]
    made.components.add(_own("python", python, ComponentType.PLATFORM, "PSF-2.0"))
    for part in parts:
        made.components.add(_installed(part))
    for font, number, licence, _ in BROUGHT:
        made.components.add(_own(font, number, ComponentType.FILE, licence))
    for each in system:
        made.components.add(_component(each))
    made.register_dependency(whole, made.components)
    return JsonV1Dot6(made).output_as_string(indent=2)


def _own(name: str, version: str, kind: ComponentType, licence: str) -> Component:
    reference = name if kind is ComponentType.APPLICATION else f"{name}@{version}"
    said = [_FACTORY.make_from_string(licence)]
    return Component(name=name, version=version, type=kind, bom_ref=reference, licenses=said)


def _installed(part: Distribution) -> Component:
    key = canonicalize_name(part.metadata["Name"])
    said = licence_of(part)
    return Component(
        name=key,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{key}@{part.version}",
        purl=PackageURL("pypi", name=key, version=part.version),
        description=part.metadata.get("Summary"),
        licenses=[] if said == NOT_SAID else [_FACTORY.make_from_string(said)],
        components=_inside(part),
    )


def _inside(part: Distribution) -> list[Component]:
    """What a library's own bills say was compiled into it."""
    found = {}
    key = f"{canonicalize_name(part.metadata['Name'])}@{part.version}"
    bills = [file for file in part.files or () if _OWN_BILL.search(file.as_posix())]
    for file in sorted(bills, key=str):
        said = json.loads(Path(str(part.locate_file(file))).read_text("utf-8"))
        for each in said.get("components", []):
            name, version = each["name"], each.get("version")
            is_itself = canonicalize_name(name) == canonicalize_name(part.metadata["Name"])
            # Tools of its builders, or what it can be built with: not what it was built with.
            if is_itself or each.get("scope", "required") != "required":
                continue
            named = [_licence_named(licence) for licence in each.get("licenses", [])]
            known = " AND ".join(f"({name})" if " OR " in name else name for name in named if name)
            found[name, version] = Component(
                name=name,
                version=version,
                type=ComponentType.LIBRARY,
                bom_ref=f"{key}/{name}@{version}",
                purl=_address(each.get("purl")),
                licenses=[_FACTORY.make_from_string(known)] if known else [],
            )
    return list(found.values())


def _licence_named(licence: dict[str, Any]) -> str:
    one = licence.get("license", {})
    return str(licence.get("expression") or one.get("id") or one.get("name") or "")


def _address(said: str | None) -> PackageURL | None:
    """Of a part, without the folders of the machine that it was built on."""
    try:
        url = PackageURL.from_string(said or "")
    except ValueError:
        return None
    return PackageURL(url.type, url.namespace, url.name, url.version)


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


def write(folder: Path, own: Path, version: str, sources: Iterable[str]) -> list[Path]:
    """Write both files for an application made of these source files."""
    sources = list(sources)
    parts, libraries = packed(sources, distributions())
    system = of_system(libraries) + brought(sources, parts)
    said = [(f"{each.name} {each.version}".strip(), each.licence) for each in system]
    texts = {
        BILL: bill("redistill", version, parts, system),
        LICENCES: licences(own, parts, said),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
