"""Lines and paragraphs that are texts of their own elsewhere, cut out of longer texts."""

from collections.abc import Iterator, Set

from core.text.data.hashes import short_hash


def without_known(text: str, known: Set[int]) -> tuple[str, int]:
    """A text without those of its lines and paragraphs that are known, and how many these were.

    Args:
        text: Any text; one of a single line stays as it is.
        known: `short_hash` of texts.
    """
    if not known or "\n" not in text.strip():
        return text, 0
    kept: list[str] = []
    num_cut = 0
    for paragraph in _paragraphs(text):
        if len(paragraph) > 1 and short_hash("".join(paragraph)) in known:
            num_cut += 1
            continue
        lines = [line for line in paragraph if short_hash(line) not in known]
        num_cut += len(paragraph) - len(lines)
        kept += lines
    return ("".join(kept), num_cut) if num_cut else (text, 0)


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Lines that no blank line parts; blank lines are paragraphs of their own."""
    paragraph: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.strip():
            paragraph.append(line)
        else:
            yield from ([paragraph] if paragraph else [])
            yield [line]
            paragraph = []
    yield from ([paragraph] if paragraph else [])
