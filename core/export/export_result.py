"""What the writer of a format says of what it wrote."""

from dataclasses import dataclass, field

from core.export.parity import Tolerance


@dataclass(frozen=True, kw_only=True)
class Written:
    """An export that is on disk and not checked yet.

    Attributes:
        architecture: What the format's library calls it.
        tolerance: How far it may be from the trained model.
        libraries: Packages that open it, for the record of versions.
        notes: What a user should know of it, in words.
    """

    architecture: str
    tolerance: Tolerance
    libraries: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
