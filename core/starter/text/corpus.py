"""What the text starter learns from, and under which licences.

Only text whose licence allows weights to be shipped under Apache-2.0 with attribution: no
share-alike, nothing with unclear terms underneath.
"""

import gzip
import importlib.metadata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.demo.docstrings import (
    Package,
    docstrings_of,
    folder_of,
    is_held_out,
    likeness,
    modules_of,
)
from core.system.atomic import write_json, write_text
from core.system.progress import ProgressReport

TEXTS = "corpus.txt"
FACTS = "corpus.json"


@dataclass(frozen=True)
class CorpusFile:
    """A file of one text per line, gzipped.

    Attributes:
        name: In the corpus folder.
        source: Where its text is from.
        licence: Under which it was published.
    """

    name: str
    source: str
    licence: str


FILES = (
    CorpusFile(
        "masc.txt.gz",
        "Manually Annotated Sub-Corpus (MASC) of the American National Corpus, by NLTK",
        "free for any use, commercial ones too",
    ),
    CorpusFile(
        "us-speeches.txt.gz",
        "State of the Union and inaugural addresses, by NLTK",
        "public domain",
    ),
    CorpusFile(
        "movie-reviews.txt.gz",
        "Movie reviews, Pang and Lee 2004, by NLTK",
        "CC BY 4.0",
    ),
    CorpusFile(
        "subjectivity.txt.gz",
        "Subjectivity data, Pang and Lee 2004, by NLTK",
        "CC BY 4.0",
    ),
)

PACKAGES = (
    Package("numpy", "numpy", "BSD-3-Clause"),
    Package("scipy", "scipy", "BSD-3-Clause"),
    Package("sklearn", "scikit-learn", "BSD-3-Clause"),
    Package("pandas", "pandas", "BSD-3-Clause"),
    Package("sympy", "sympy", "BSD-3-Clause"),
    Package("mpmath", "mpmath", "BSD-3-Clause"),
    Package("networkx", "networkx", "BSD-3-Clause"),
    Package("torch", "torch", "BSD-3-Clause"),
    Package("torchvision", "torchvision", "BSD-3-Clause"),
    Package("transformers", "transformers", "Apache-2.0"),
    Package("datasets", "datasets", "Apache-2.0"),
    Package("accelerate", "accelerate", "Apache-2.0"),
    Package("huggingface_hub", "huggingface_hub", "Apache-2.0"),
    Package("timm", "timm", "Apache-2.0"),
    Package("pyarrow", "pyarrow", "Apache-2.0"),
    Package("onnx", "onnx", "Apache-2.0"),
    Package("onnxscript", "onnxscript", "MIT"),
    Package("pydantic", "pydantic", "MIT"),
)


def gather(
    corpus: Path, work: Path, report: ProgressReport, packages: tuple[Package, ...] = PACKAGES
) -> list[str]:
    """All texts, written to `work` once and read from there the next time.

    Args:
        corpus: Folder with `FILES`.
        work: Gets one text per line, and a JSON file of what each source gave.
        report: Told (what, sources done, sources in all).
        packages: Whose docstrings are taken; those that are not installed are left out.

    Raises:
        OSError: A file of the corpus is missing.
    """
    if not (work / FACTS).is_file():
        texts, sources = _read(corpus, report, packages)
        write_text(work / TEXTS, "".join(f"{text}\n" for text in texts))
        write_json(work / FACTS, sources)
    return (work / TEXTS).read_text(encoding="utf-8").splitlines()


def _read(
    corpus: Path, report: ProgressReport, packages: tuple[Package, ...]
) -> tuple[list[str], list[dict[str, Any]]]:
    seen: set[str] = set()
    texts: list[str] = []
    sources = []
    installed = [package for package in packages if folder_of(package) is not None]
    parts: list[CorpusFile | Package] = [*FILES, *installed]
    for done, part in enumerate(parts):
        report(part.name, done, len(parts))
        if isinstance(part, CorpusFile):
            facts, found = asdict(part), list(_lines(corpus / part.name, seen))
        else:
            version = importlib.metadata.version(part.distribution)
            facts, found = {**asdict(part), "version": version}, list(_prose_of(part, seen))
        words = sum(len(text.split()) for text in found)
        sources.append({**facts, "texts": len(found), "words": words})
        texts += found
    report("", len(parts), len(parts))
    return texts, sources


def _lines(file: Path, seen: set[str]) -> Iterator[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            if is_new(line, seen):
                yield " ".join(line.split())


def _prose_of(package: Package, seen: set[str]) -> Iterator[str]:
    """A text per docstring, of paragraphs that were nowhere before."""
    for module, file in modules_of(package):
        if is_held_out(module):
            continue
        for docstring in docstrings_of(module, file):
            text = " ".join(part for part in docstring.paragraphs if is_new(part, seen))
            if text:
                yield text


def is_new(text: str, seen: set[str]) -> bool:
    """Whether a text says something, and was not seen; notes it as seen."""
    key = likeness(text)
    if not key or key in seen:
        return False
    seen.add(key)
    return True
