"""Texts that are nearly one of some known ones: by MinHash, or by their words if they are short."""

import re
import unicodedata
import zlib
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from core.data.pairs import PairSide

if TYPE_CHECKING:
    from datasketch import MinHash

# Of their sets of three words in a row, so much is common to near copies.
_SIMILARITY: Final = 0.8
# The index offers what may be: it misses few of those that are.
_OFFERED: Final = 0.65
_PERMUTATIONS: Final = 128
_SHINGLE: Final = 3
# In shorter texts a single word tells one from another: all words have to be the same then, and
# in the shortest ones signs may matter too.
_LEAST_WORDS: Final = 20
_LEAST_SAME_WORDS: Final = 5
_IN_COMMON: Final = 4
_MOST_TRIED: Final = 40
_WORD = re.compile(r"\w+")


@dataclass
class NearTexts:
    """Known texts, of which a few hundred bytes each are kept, and a search for their near copies.

    Most texts share hardly any words in a row with a known one. That is found out first: of two
    sets with a similarity of s, the smallest elements of either, k more than a share of 1 - s of
    it, have k in common.
    """

    _sides: list[PairSide] = field(default_factory=list)
    _by_words: dict[int, int] = field(default_factory=dict)
    _smallest: set[int] = field(default_factory=set)
    _index: Any = None
    _signatures: dict[int, "MinHash"] = field(default_factory=dict)

    def add(self, text: str, side: PairSide) -> None:
        """Know one more text."""
        words = words_of(text)
        number = len(self._sides)
        self._sides.append(side)
        if len(words) >= _LEAST_SAME_WORDS:
            self._by_words.setdefault(hash(tuple(words)), number)
        if len(words) >= _LEAST_WORDS:
            self._smallest.update(_smallest(words))
            signature = _signature(words)
            self._signatures[number] = signature
            self._lsh.insert(number, signature)

    def find(self, text: str) -> PairSide | None:
        """The known text that it is nearly the same as; the first of several that are equally so.

        The same case, spacing and punctuation are not asked for.
        """
        words = words_of(text)
        if len(words) < _LEAST_SAME_WORDS:
            return None
        same = self._by_words.get(hash(tuple(words)))
        if same is not None:
            return self._sides[same]
        if len(words) < _LEAST_WORDS or not self._smallest:
            return None
        if sum(each in self._smallest for each in _smallest(words)) < _IN_COMMON:
            return None
        signature = _signature(words)
        offered: list[int] = sorted(self._lsh.query(signature))
        likely = [(signature.jaccard(self._signatures[number]), -number) for number in offered]
        similarity, number = max(likely, default=(0.0, 0))
        return self._sides[-number] if similarity >= _SIMILARITY else None

    @property
    def _lsh(self) -> Any:
        if self._index is None:
            from datasketch import MinHashLSH

            self._index = MinHashLSH(threshold=_OFFERED, num_perm=_PERMUTATIONS)
        return self._index


def words_of(text: str) -> list[str]:
    """Its words without case, punctuation and differences of Unicode form."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _WORD.findall(plain.casefold())


def _smallest(words: list[str]) -> list[int]:
    """As many of the smallest hashes of the shingles as have some in common with near copies."""
    hashes = sorted(set(map(hash, _shingles(words))))
    return hashes[: min(len(hashes) - ceil(_SIMILARITY * len(hashes)) + _IN_COMMON, _MOST_TRIED)]


def _shingles(words: list[str]) -> Any:
    return zip(*(words[start:] for start in range(_SHINGLE)), strict=False)


@cache
def _empty_signature() -> "MinHash":
    """Of no text; to draw its permutations takes longer than to use them."""
    from datasketch import MinHash

    return MinHash(num_perm=_PERMUTATIONS, hashfunc=int)


def _signature(words: list[str]) -> "MinHash":
    signature = _empty_signature().copy()
    # Not Python's own hashes, which differ from process to process.
    shingles = {" ".join(shingle) for shingle in _shingles(words)}
    signature.update_batch(sorted(zlib.crc32(s.encode("utf-8", "replace")) for s in shingles))
    return signature
