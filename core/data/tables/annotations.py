"""What tools for labeling write: their rows as plain ones; files of boxes are named as such."""

from collections.abc import Mapping
from typing import Any

from core.language import _

_ACCEPTED = 0.5
_HOW = _("write a table with a column of file names and one of labels")


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of Label Studio, Prodigy or spaCy with a column `label`; any other as it is."""
    if isinstance(row.get("data"), dict) and ("annotations" in row or "completions" in row):
        return _label_studio(row)
    if isinstance(row.get("cats"), dict) and "label" not in row:
        cats = row["cats"]
        labels = [name for name, value in cats.items() if _is_on(value)]
        row = {**row, "label": labels}
        del row["cats"]
    if row.get("answer") in {"accept", "reject", "ignore"}:
        row = _prodigy(row)
    return row


def refuse_other_formats(whole: Mapping[str, Any]) -> None:
    """Name the formats that say where things are in a picture, not what it shows.

    Raises:
        ValueError: It is one of them.
    """
    if isinstance(whole.get("annotations"), list):
        raise ValueError(
            _("it is in COCO format, which marks boxes or outlines; {how}").format(how=_HOW)
        )
    if "_via_img_metadata" in whole or _are_regions(list(whole.values())[:5]):
        raise ValueError(
            _("it is of the VGG Image Annotator, which marks regions; {how}").format(how=_HOW)
        )
    if {"shapes", "imagePath"} <= set(whole):
        raise ValueError(_("it is of labelme, which marks shapes; {how}").format(how=_HOW))


def _is_on(value: Any) -> bool:
    return isinstance(value, bool | int | float) and value >= _ACCEPTED


def _are_regions(values: list[Any]) -> bool:
    return bool(values) and all(
        isinstance(value, dict) and "filename" in value and "regions" in value for value in values
    )


def _label_studio(row: dict[str, Any]) -> dict[str, Any]:
    labels: list[str] = []
    for annotation in row.get("annotations") or row.get("completions") or []:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or []:
            value = result.get("value") if isinstance(result, dict) else None
            if isinstance(value, dict):
                labels += value.get("choices") or []
    return {**row["data"], "label": list(dict.fromkeys(labels))}


def _prodigy(row: dict[str, Any]) -> dict[str, Any]:
    """What was rejected or skipped has no label."""
    if row["answer"] != "accept":
        return {**row, "label": None}
    if isinstance(row.get("accept"), list) and "label" not in row:
        return {**row, "label": row["accept"]}
    return row
