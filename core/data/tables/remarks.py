"""What is worth saying of a table beside what its columns were taken for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from core.data.tables.columns import plain
from core.language import _

# Columns that are often called so where several rows come from one person, place or recording.
_GROUPS: Final = frozenset(
    {"patient", "patient_id", "patientid", "subject", "subject_id", "subjectid", "participant"}
    | {"participant_id", "person", "person_id", "case_id", "study_id", "animal_id", "specimen_id"}
    | {"video", "video_id", "clip_id", "sequence_id", "slide", "slide_id", "scene_id", "site_id"}
    | {"speaker", "speaker_id", "author", "author_id", "user_id", "session_id", "document_id"}
    | {"doc_id", "conversation_id", "thread_id", "patient_nr", "patienten_id", "patientennummer"}
    | {"patientnummer", "proband", "probanden_id", "患者", "患者id", "患者编号", "患者番号", "病人"}
)
# What our own predictions have beside the label (`core.predict.outputs`).
_OF_PREDICTIONS: Final = frozenset({"label", "probability", "problem"})
_ALL_DIFFERENT: Final = 0.9


def remarks(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    labels: Collection[str],
    split: str | None,
    group: str | None,
) -> list[str]:
    """What a person should know, in words.

    Args:
        rows: A sample of the table.
        names: Of its columns.
        labels: The columns of its labels.
        split: The one of its splits, if any.
        group: The one that was named to say what belongs together, if any.
    """
    if not labels:
        return []
    said = []
    if set(map(plain, names)) >= _OF_PREDICTIONS:
        said.append(
            _(
                "its labels are predictions of a model (column probability): look at them before "
                "anything is learned from them, or measured by them"
            )
        )
    if split is not None or group is not None:
        return said
    found = [name for name in names if plain(name) in _GROUPS and _recurs(rows, name)]
    if found:
        said.append(
            _(
                "rows with the same {group} may come to lie on both sides of a split that is drawn "
                "here: --group-column {group} (data.group_column) keeps them together"
            ).format(group=found[0])
        )
    return said


def _recurs(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    cells = [str(row[name]) for row in rows if row.get(name) not in (None, "")]
    return 1 < len(set(cells)) <= _ALL_DIFFERENT * len(cells)
