"""Bytes of a text file to characters: which encoding it has, told apart and named."""

import codecs
import gzip
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, TextIO, cast

from core.data.tables.legacy_encodings import guessed
from core.language import _

_PROBED = 1 << 20
# Bytes of lines beyond ASCII that an old encoding is told by.
_SAMPLE = 1 << 14
_LONGEST_LINE = 1 << 12
_BOMS = (
    # UTF-32 first: its mark begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings that a file says itself, by its first bytes.
SAID_BY_MARK = frozenset(name for _, name in _BOMS)
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_IN_WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without byte order mark",
    "utf-16-be": "UTF-16 without byte order mark",
    "utf-32": "UTF-32",
    "latin-1": "Latin-1",
    "gb18030": "GB18030",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "big5": "Big5",
    "cp949": "EUC-KR",
    "koi8_r": "KOI8-R",
    "mac_roman": "Mac Roman",
    "cp850": "DOS, code page 850",
}


def encoding_in_words(encoding: str) -> str:
    """As people call it: `Windows-1252`."""
    if encoding in _IN_WORDS:
        return _IN_WORDS[encoding]
    return re.sub(r"^cp(?=125\d$)", "Windows-", encoding)


def kind_of(file: Path) -> str:
    """Its suffix in lower case; of `a.jsonl.gz` that of the file in it, `.jsonl`."""
    suffix = file.suffix.lower()
    return Path(file.stem).suffix.lower() if suffix == ".gz" else suffix


def open_bytes(file: Path) -> IO[bytes]:
    """The file's bytes, unpacked if it ends in `.gz`."""
    if file.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(file, "rb"))
    return file.open("rb")


def open_text(file: Path, encoding: str, newline: str | None = None) -> TextIO:
    """The file's characters; bytes that are not UTF-8 become lone surrogates."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    raw = cast("io.BufferedReader", open_bytes(file))
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline=newline)


def encoding_of(file: Path, asked: str | None = None, *, of_its_head: bool = False) -> str:
    """Name of the encoding as `open` takes it, from the whole file, in constant memory.

    A byte order mark decides; then many zero bytes at every other place (UTF-16 without a mark);
    then whether all of it is UTF-8, or more of it is than is not (some lines are damaged). What
    is left has an old encoding, told by the letters it gives.

    Args:
        file: A text file, or one packed as `.gz`.
        asked: The encoding that the recipe names, for files without a byte order mark.
        of_its_head: Look at its first mebibyte only: for who reads no further.

    Raises:
        OSError: As the file system says.
        EOFError: A `.gz` file is cut short.
        ValueError: It can't be told, or what was asked for is no encoding; its words say so.
    """
    with open_bytes(file) as raw:
        head = raw.read(_PROBED)
    marked = _by_its_zeros_or_mark(head)
    if marked is not None:
        return marked
    if asked is not None:
        return _known(asked)
    if of_its_head:
        is_whole = len(head) < _PROBED
        return "utf-8" if _is_mostly_utf8([head], is_whole=is_whole) else guessed(_sample([head]))
    with open_bytes(file) as raw:
        # Nearly every file ends here; counting takes several times longer.
        if _is_all_utf8(_blocks(raw)):
            return "utf-8"
        raw.seek(0)
        if _is_mostly_utf8(_blocks(raw), is_whole=True):
            return "utf-8"
        raw.seek(0)
        return guessed(_sample(_blocks(raw)))


def _known(asked: str) -> str:
    try:
        name = codecs.lookup(asked).name
    except LookupError:
        name = ""
    try:
        codecs.getincrementaldecoder(name)().decode(b"", final=True)
        is_text = name not in {"idna", "punycode"} and isinstance("".encode(name), bytes)
    except (LookupError, TypeError):
        is_text = False
    if not is_text:
        words = _("{encoding} (data.encoding) is no encoding that is known")
        raise ValueError(words.format(encoding=asked))
    return {"utf-8": "utf-8", "iso8859-1": "latin-1", "gbk": "gb18030", "gb2312": "gb18030"}.get(
        name, name
    )


def _by_its_zeros_or_mark(head: bytes) -> str | None:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if len(head) < 4:
        return None
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > len(odd) // 3 and even.count(0) < len(even) // 20 + 1:
        return "utf-16-le"
    if even.count(0) > len(even) // 3 and odd.count(0) < len(odd) // 20 + 1:
        return "utf-16-be"
    return None


def _blocks(raw: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(raw.read, _PROBED), b"")


def _is_all_utf8(blocks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(blocks: Iterable[bytes], *, is_whole: bool) -> bool:
    """Whether more characters beyond ASCII are right UTF-8 than bytes are wrong."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = 0
    for block in blocks:
        text = decoder.decode(block)
        if text.isascii():
            continue
        bad = len(_NOT_UTF8.findall(text))
        wrong += bad
        right += len(text) - len(text.encode("ascii", "ignore")) - bad
    # Where more follows, the end of a block may stand in the middle of a character.
    wrong += len(_NOT_UTF8.findall(decoder.decode(b"", final=is_whole)))
    return right >= wrong


def _sample(blocks: Iterable[bytes]) -> bytes:
    """Some lines with bytes beyond ASCII; lines end alike in all old encodings."""
    lines: list[bytes] = []
    size = 0
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in [*whole, rest] if len(rest) > _PROBED else whole:
            if _BEYOND_ASCII.search(line):
                lines.append(line[:_LONGEST_LINE])
                size += len(lines[-1])
            if size >= _SAMPLE:
                return b"\n".join(lines)
        rest = b"" if len(rest) > _PROBED else rest
    if _BEYOND_ASCII.search(rest):
        lines.append(rest[:_LONGEST_LINE])
    return b"\n".join(lines)
