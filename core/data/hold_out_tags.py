"""A part held out of examples with several labels each: of every label about its share.

Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, On the stratification of multi-label
data): the label with the fewest examples left is dealt out first, each to the part that lacks most
of it.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping


def hold_out_tags(
    tags: Mapping[str, tuple[str, ...]], copies: Mapping[str, int], fraction: float, salt: str
) -> set[str]:
    """Names of the pictures that are held out; they depend on names and salt, not on any order.

    Of a label with two pictures or more at least one is wanted on both sides.

    Args:
        tags: Labels of each picture by its name; none where it has none.
        copies: How often each picture is there.
        fraction: Share of each label that is held out.
        salt: Which choice.
    """
    if fraction <= 0:
        return set()
    left = sorted(tags, key=lambda name: hashlib.blake2b(f"{salt}/{name}".encode()).digest())
    lacking = _Lacking(tags, copies, fraction)
    held: set[str] = set()
    while left:
        counts = Counter(tag for name in left for tag in tags[name])
        rarest = min(counts, key=lambda tag: (counts[tag], tag), default=None)
        some = [name for name in left if rarest is None or rarest in tags[name]]
        for name in some:
            if lacking.wants_held(rarest):
                held.add(name)
            lacking.take(name, is_held=name in held)
        taken = set(some)
        left = [name for name in left if name not in taken]
    return held


class _Lacking:
    """How much of each label, and of all, the two parts lack."""

    def __init__(
        self, tags: Mapping[str, tuple[str, ...]], copies: Mapping[str, int], fraction: float
    ) -> None:
        self._tags, self._copies = tags, copies
        total = Counter[str]()
        pictures = Counter(tag for own in tags.values() for tag in own)
        for name, own in tags.items():
            total.update(dict.fromkeys(own, copies[name]))
        held = {
            tag: max(1.0, fraction * number) if pictures[tag] > 1 else 0.0
            for tag, number in total.items()
        }
        self._held, self._rest = held, {tag: total[tag] - held[tag] for tag in total}
        number = sum(copies.values())
        self._of_all = [(1 - fraction) * number, fraction * number]

    def wants_held(self, tag: str | None) -> bool:
        """Whether a picture with that label, or with none, goes to the part that is held out."""
        if tag is None:
            return self._of_all[1] > self._of_all[0]
        held, rest = self._held[tag], self._rest[tag]
        return held > rest or (held == rest and self._of_all[1] > self._of_all[0])

    def take(self, name: str, *, is_held: bool) -> None:
        """A picture goes to one of the parts."""
        lacks = self._held if is_held else self._rest
        for tag in self._tags[name]:
            lacks[tag] -= self._copies[name]
        self._of_all[is_held] -= self._copies[name]
