"""How many unlabeled examples a run kept, where it chose among them."""

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import RunError
from core.language import _
from core.readers.reasons import missing_or
from core.run.files import CHOSEN, CHOSEN_NOTE
from core.run.folder import RunFolder


@dataclass(frozen=True)
class Chosen:
    """A choice: so many of so many unlabeled examples, near so many labeled ones."""

    num_kept: int
    num_unlabeled: int
    num_references: int

    @property
    def num_left(self) -> int:
        """How many are not used."""
        return self.num_unlabeled - self.num_kept

    def to_json(self) -> dict[str, Any]:
        """As it stands in the run folder."""
        return asdict(self)


def chosen_of(run: RunFolder) -> Chosen | None:
    """What a run chose; None where it took all.

    Raises:
        RunError: `run-damaged`.
    """
    file = run.path / CHOSEN / CHOSEN_NOTE
    if run.recipe().data.choose_unlabeled == 1 or not file.exists():
        return None
    values = run.read_json(f"{CHOSEN}/{CHOSEN_NOTE}")
    try:
        return Chosen(*(int(values[name]) for name in Chosen.__dataclass_fields__))
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            "run-damaged", file=CHOSEN_NOTE, path=run.path, reason=missing_or(error)
        ) from error


def in_words(chosen: Chosen, nouns: str) -> str:
    """It in a sentence; `nouns` are the examples."""
    return _(
        "Of {num_unlabeled:,} unlabeled {examples} {num_kept:,} are pre-trained on, "
        "those nearest to {num_references:,} labeled ones in the initial model's features "
        "(data.choose_unlabeled)."
    ).format(
        num_unlabeled=chosen.num_unlabeled,
        examples=nouns,
        num_kept=chosen.num_kept,
        num_references=chosen.num_references,
    )
