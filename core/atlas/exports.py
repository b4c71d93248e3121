"""A map as a file for others: a web page that needs no network, or a table."""

import base64
import csv
import io
import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import jinja2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from markupsafe import Markup
from numpy.typing import NDArray

from core.data.manifest import displayed
from core.data.own_places import refuse_data_of
from core.data.tags import shown_tags
from core.errors import RunError
from core.hub.catalog import starter_folder
from core.readers.atlas import LIKENESS, SPLITS, Atlas, encoder_title, in_words
from core.readers.atlas_facts import Said
from core.readers.colouring import Colouring, colourings_of, states_of
from core.readers.point_tags import Tags
from core.recipe import Recipe
from core.recipe.modality import modality_named
from core.recipe.tasks import number_in_words
from core.run.folder import RunFolder
from core.run.placing import given_in, refuse_given
from core.system.atomic import write_atomically, write_bytes, write_text
from core.system.table_cells import plain_cell
from core.version import __version__

FORMS: Final = (".html", ".parquet", ".csv")
_TEMPLATES: Final = starter_folder().parent / "templates" / "map"
# Steps of a coordinate on the page, from one end of the map to the other.
_STEPS: Final = 65_535


def require_form(out: Path, asked: RunFolder | Recipe) -> None:
    """Say before a long computation that its result can't be written.

    Raises:
        RunError: `map-form`, or the file lies among the data, or is one of them.
    """
    if out.suffix.lower() not in FORMS:
        raise RunError("map-form", path=out, suffix=out.suffix or "nothing")
    if isinstance(asked, RunFolder):
        refuse_data_of(asked, out)
    else:
        refuse_given(out, given_in(asked.data))


def map_title(asked: RunFolder | Recipe) -> str:
    """What a map is called: the name of the run, or those of the folders and files of the data."""
    if isinstance(asked, RunFolder):
        return asked.path.name
    given = [*asked.data.unlabeled, *filter(None, [asked.data.labeled])]
    return ", ".join(dict.fromkeys(Path(each).name for each in given))


def write_map(out: Path, atlas: Atlas, said: Said | None, title: str) -> None:
    """Write a map, whole or not at all; its ending says how.

    Args:
        out: A file that ends in one of `FORMS`.
        atlas: The map.
        said: What a classifier says of its points.
        title: Of the page.

    Raises:
        RunError: `map-not-writable`.
    """
    write: Callable[[], None] = {
        ".html": lambda: write_text(out, page_of(atlas, said, title)),
        ".parquet": lambda: write_atomically(out, partial(pq.write_table, table_of(atlas, said))),
        ".csv": lambda: write_bytes(out, _csv(table_of(atlas, said))),
    }[out.suffix.lower()]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("map-not-writable", path=out, reason=reason) from error


def table_of(atlas: Atlas, said: Said | None) -> pa.Table:
    """A row for each point; places are between -1 and 1 but for a few."""
    columns: dict[str, Any] = {
        "example": list(atlas.names),
        "file": [displayed(each) for each in atlas.files],
    }
    if atlas.texts:
        columns["text"] = list(atlas.texts)
    columns["split"] = [SPLITS[each] for each in atlas.split]
    if atlas.tags is not None:
        columns["labels"] = _lists(atlas, atlas.tags, atlas.split > 0)
    elif atlas.number is not None:
        columns["label"] = pa.array(atlas.number, from_pandas=True)
    else:
        columns["label"] = _named(atlas, atlas.label)
    for name, places in zip(atlas.encoders, atlas.places, strict=True):
        columns |= {f"x_{name}": places[:, 0], f"y_{name}": places[:, 1]}
    if said is not None and said.tags is not None:
        columns["said"] = _lists(atlas, said.tags, said.predicted >= 0)
    elif said is not None and said.number is not None:
        columns["predicted"] = pa.array(said.number, from_pandas=True)
    elif said is not None:
        columns["predicted"] = _named(atlas, said.predicted)
        columns["probability"] = pa.array(said.confidence, from_pandas=True)
    columns["copy"] = [LIKENESS[each] for each in atlas.likeness]
    if atlas.tags is None and atlas.number is None:
        columns["suggested_label"] = _named(atlas, atlas.suggested)
    return pa.table(columns)


def _lists(atlas: Atlas, tags: Tags, is_known: NDArray[np.bool_]) -> pa.Array:
    """The labels of each point; null where they are not known."""
    lists = [tags.names(row, atlas.classes) if is_known[row] else None for row in range(len(atlas))]
    return pa.array(lists, pa.list_(pa.string()))


def _named(atlas: Atlas, indices: np.ndarray) -> list[str]:
    return [displayed(atlas.class_of(int(index))) for index in indices]


def _csv(table: pa.Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow("" if cell is None else plain_cell(_in_one_cell(cell)) for cell in row)
    return out.getvalue().encode("utf-8", "backslashreplace")


def _in_one_cell(cell: Any) -> Any:
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else cell


def page_of(atlas: Atlas, said: Said | None, title: str) -> str:
    """The map as one HTML file, with its script in it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    modality = modality_named(atlas.kind)
    page = environment.get_template("map.html.jinja").render(
        title=displayed(title),
        version=__version__,
        example=modality.example,
        examples=modality.examples,
        num_points=len(atlas),
        num_left_out=atlas.num_left_out,
        encoders=[encoder_title(name) for name in atlas.encoders],
        colourings=colourings_of(atlas, said),
        tags=list(map(displayed, atlas.classes)) if atlas.tags is not None else [],
        data=_embedded(_data(atlas, said)),
    )
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _data(atlas: Atlas, said: Said | None) -> dict[str, Any]:
    low, high = -1.05, 1.05
    steps = (np.clip(atlas.places, low, high) - low) / (high - low) * _STEPS
    rows = range(len(atlas))
    return {
        "places": [_packed(each.round().astype("<u2")) for each in steps],
        "encoders": [encoder_title(name) for name in atlas.encoders],
        "titles": [_words(atlas, said, row) for row in rows],
        "colourings": [
            {
                "title": each.title,
                "groups": each.groups,
                "others": each.others,
                "ordered": each.is_ordered,
                **_of_points(each),
            }
            for each in colourings_of(atlas, said)
        ],
        "tags": _packed_tags(atlas.tags),
        "said": _packed_tags(said.tags if said is not None else None),
        "states": _packed(states_of(atlas, said).astype("u1")),
    }


def _of_points(colouring: Colouring) -> dict[str, Any]:
    """What groups its points: for one of several labels a rule, since the page has all of them."""
    if colouring.rule is not None:
        return {"table": colouring.rule.table}
    return {"counts": colouring.counts, "of": _packed(colouring.of.astype("<i4"))}


def _packed_tags(tags: Tags | None) -> dict[str, str] | None:
    if tags is None:
        return None
    return {"of": _packed(tags.of.astype("<i4")), "ends": _packed(tags.ends.astype("<i4"))}


def _words(atlas: Atlas, said: Said | None, row: int) -> list[str]:
    """What is told of a point: its name, what is known of it, and its text."""
    known = [in_words(atlas, row)]
    if said is not None and said.tags is not None:
        if said.predicted[row] >= 0:
            known.append(f"said: {shown_tags(said.tags.names(row, atlas.classes))}")
    elif said is not None and said.number is not None:
        if not math.isnan(value := float(said.number[row])):
            known.append(f"predicted: {number_in_words(value)}")
    elif said is not None and said.predicted[row] >= 0:
        known.append(f"said: {atlas.class_of(said.predicted[row])}, {said.confidence[row]:.0%}")
    if atlas.suggested[row] >= 0:
        known.append(f"probably {atlas.class_of(atlas.suggested[row])}")
    text = [atlas.texts[row]] if atlas.texts else []
    return [displayed(each) for each in (atlas.names[row], "; ".join(known), *text)]


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _embedded(value: Any) -> Markup:
    """JSON that can't end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
