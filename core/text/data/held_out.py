"""Copies of held-out texts in a manifest, found by reading its files once more.

Labeled copies are listed; of unlabeled texts, which may be a hundred million, hashes are kept of
near copies alone. Nothing in memory grows with them but that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from core.data.copies import NUM_HELD, RANKS, LeftOutCopies, side_of
from core.data.manifest import Example, Manifest, TextFile, counted
from core.data.pairs import PairSide
from core.language import _
from core.recipe.examples import LeaveOutCopies
from core.system.progress import Paced
from core.system.stopping import Stopped
from core.system.units import MIB
from core.text.about import MODALITY
from core.text.data.documents import (
    corpus_texts,
    file_of,
    held_out_hashes,
    listed_in_corpora,
    texts_in,
)
from core.text.data.hashes import short_hash, shortened
from core.text.data.known_lines import without_known
from core.text.data.near_texts import NearTexts
from core.text.data.places import reference
from core.text.data.read import Columns, Text

_COMPARING = _("looking for copies (MiB)")


def with_copies(
    manifest: Manifest,
    columns: Columns,
    rule: LeaveOutCopies,
    progress: Paced,
    stopped: Callable[[], bool],
) -> Manifest:
    """The manifest with copies of its held-out texts, and those of them that are left out.

    Args:
        manifest: With its splits.
        columns: Of tables, as asked for.
        rule: What the recipe says of copies.
        progress: Told how far it is.
        stopped: Asked whether to end.

    Raises:
        RunError: `texts-changed` since it was made.
        Stopped: Asked to end.
    """
    search = _Search(manifest, columns, rule, progress, stopped)
    search.compare_labeled()
    files = search.compare_unlabeled()
    found = search.found
    return replace(
        manifest,
        corpora=files,
        notes=(*manifest.notes, *found.notes(), *search.notes()),
        pairs=tuple(found.pairs),
        num_pairs=found.num_pairs,
        left_out=frozenset(found.left_out),
        left_out_texts=frozenset(search.left_out_texts),
        cuts_lines=bool(files),
    )


@dataclass
class _Search:
    manifest: Manifest
    columns: Columns
    rule: LeaveOutCopies
    progress: Paced
    stopped: Callable[[], bool]
    found: LeftOutCopies = field(init=False)
    left_out_texts: set[int] = field(default_factory=set)
    _near: NearTexts = field(default_factory=NearTexts)
    _num_cut: int = 0
    _done: int = 0

    def __post_init__(self) -> None:
        self.found = LeftOutCopies(self.rule, MODALITY)
        self._is_copy: set[tuple[int, str]] = set()
        self._total = -(-sum(file.num_bytes for file in self.manifest.corpora) // MIB)

    def compare_labeled(self) -> None:
        """Labeled texts with those that are held out; with each other if the rule wants it."""
        self._compare_words()
        labeled = self.manifest.labeled
        held = [text for text in labeled if RANKS[text.split] < NUM_HELD]
        for example, text in self._labeled([e for e in held if e.split == "test"]):
            self._near.add(text, side_of(example))
        # Twice: a copy of a test text shall not be told as one of another validation text.
        for example, text in self._labeled([e for e in held if e.split == "val"]):
            self._compare(example, text)
        for example, text in self._labeled([e for e in held if e.split == "val"]):
            self._near.add(text, side_of(example))
        if held or self.rule == "all":
            for example, text in self._labeled([e for e in labeled if e.split == "train"]):
                if not self._compare(example, text) and self.rule == "all":
                    self._near.add(text, side_of(example))

    def _compare_words(self) -> None:
        """Labeled texts whose words are the same."""
        alike: dict[str, list[Example]] = defaultdict(list)
        for text in sorted(self.manifest.labeled, key=lambda text: RANKS[text.split]):
            alike[text.sha256].append(text)
        for of, *copies in alike.values():
            for copy in copies:
                is_held = RANKS[of.split] < min(NUM_HELD, RANKS[copy.split])
                is_other = self.rule == "all" and RANKS[copy.split] >= NUM_HELD
                if is_held or is_other:
                    self.found.add("exact", side_of(of), side_of(copy))
                    self._is_copy.add((copy.root, copy.path))

    def _compare(self, example: Example, text: str) -> bool:
        """Whether a labeled text is a copy."""
        if (example.root, example.path) in self._is_copy:
            return True
        of = self._near.find(text)
        if of is None:
            return False
        self.found.add("near", of, side_of(example))
        return True

    def _labeled(self, wanted: list[Example]) -> Iterator[tuple[Example, str]]:
        """Some labeled texts, read again, in the order of their files."""
        left = {(example.root, example.path): example for example in wanted}
        for root, name in dict.fromkeys((e.root, file_of(e.path)) for e in wanted):
            for found in texts_in(self.manifest, root, name, self.columns, wants_labels=True):
                if self.stopped():
                    raise Stopped
                example = left.pop((root, reference(name, found)), None)
                if example is not None:
                    yield example, found.text

    def compare_unlabeled(self) -> tuple[TextFile, ...]:
        """The files of unlabeled texts, without near copies among those that are trained on."""
        known = held_out_hashes(self.manifest)
        if not known or not self.manifest.corpora:
            return self.manifest.corpora
        labeled = {shortened(text.sha256) for text in self.manifest.labeled}
        test = {
            shortened(text.sha256): side_of(text)
            for text in reversed(self.manifest.labeled_split("test"))
        }
        listed = listed_in_corpora(self.manifest)
        files = []
        for file in self.manifest.corpora:
            num_fresh = file.num_fresh
            for found in self._texts(file):
                text_hash = short_hash(found.text)
                side = PairSide(file.root, reference(file.path, found), file.split, None)
                if (side.root, side.path) in listed:
                    continue
                if text_hash in labeled:
                    of = test.get(text_hash) if file.split is None else None
                    if of is not None:
                        # The scan has counted them.
                        self.found.add("exact", of, side, is_listed=False, is_told=False)
                    continue
                self._num_cut += without_known(found.text, known)[1]
                if text_hash in self.left_out_texts:
                    self._tell_near(found, side)
                elif self._tell_near(found, side):
                    self.left_out_texts.add(text_hash)
                    num_fresh -= 1
            files.append(replace(file, num_fresh=num_fresh))
        self.progress(_COMPARING, self._total, self._total)
        return tuple(files)

    def _tell_near(self, found: Text, side: PairSide) -> bool:
        """Whether an unlabeled text is left out as a near copy."""
        of = self._near.find(found.text) if side.split is None else None
        return of is not None and self.found.add("near", of, side, is_listed=False)

    def _texts(self, file: TextFile) -> Iterator[Text]:
        characters = 0
        for found in corpus_texts(self.manifest, file, self.columns):
            if self.stopped():
                raise Stopped
            characters += len(found.text)
            done = (self._done + min(characters, file.num_bytes)) // MIB
            self.progress(_COMPARING, done, self._total)
            yield found
        self._done += file.num_bytes

    def notes(self) -> list[str]:
        """How many lines are cut out of unlabeled texts, in words."""
        if not self._num_cut:
            return []
        number = counted(self._num_cut, "line or paragraph", "lines and paragraphs")
        return [
            _(
                "{number} of unlabeled texts identical to held-out texts: cut out of pre-training"
            ).format(number=number)
        ]
