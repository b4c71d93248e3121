"""Implements `DataModality` for texts."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.data.manifest import Example, Manifest
from core.data.modality import DataModality, Details, Recognised, ScanRequest
from core.recipe import DataRecipe
from core.system.stopping import never
from core.text.data.examples import first_text, place_of_reference, sampled_texts, texts_at
from core.text.data.places import count_texts
from core.text.data.read import Columns
from core.text.data.recognise import columns_found, columns_in, recognise_texts
from core.text.data.reread import texts_again
from core.text.data.scan import scan_texts
from core.text.data.unlabeled import texts_to_label

_EXCERPT = 300
_LARGEST = 1 << 25


class TextData(DataModality):
    """Plain files, tables and corpora of texts."""

    def claims(self, path: Path) -> int:
        """Texts and rows of tables that don't name pictures."""
        return count_texts(path)

    def recognise(self, path: Path, *, stopped: Callable[[], bool] = never) -> Recognised:
        """Read what texts are from names and first rows."""
        del stopped
        layout = recognise_texts(path)
        return Recognised(layout.is_labeled, layout.words)

    def roles(self, path: Path, data: DataRecipe | None = None) -> tuple[list[Path], Path | None]:
        """All labeled: texts without a label are told as such."""
        del data
        return [], path

    def scan(self, request: ScanRequest) -> Manifest:
        """Read every text."""
        return scan_texts(
            list(request.unlabeled),
            request.labeled,
            columns=Columns.of(request.data),
            report=request.report,
            stopped=request.stopped,
            val_fraction=request.data.val_fraction,
            test_fraction=request.data.test_fraction,
            seed=request.seed,
            left_out=request.data.left_out,
            group_pattern=request.data.group_pattern,
            leave_out_copies=request.data.leave_out_copies,
        )

    def details(self, manifest: Manifest, request: ScanRequest) -> Details:
        """Some texts of every kind, and the columns of the tables."""
        asked = Columns.of(request.data)
        paths = [*([request.labeled] if request.labeled else []), *request.unlabeled]
        names = dict.fromkeys(name for path in paths for name in columns_in(path))
        text, label = columns_found(paths[0], asked)
        return Details(
            samples=sampled_texts(manifest, asked, stopped=request.stopped),
            columns={"all": list(names), "text": text, "label": label},
        )

    def place(self, path: Path) -> tuple[Path, int]:
        """A text of a table is named by its file and line."""
        return place_of_reference("", str(path))

    def texts(self, places: Mapping[Path, set[int]], data: DataRecipe) -> dict[Any, str]:
        """Read them again from their files; what is gone is left out."""
        return dict(texts_at(places, Columns.of(data)))

    def texts_again(
        self, manifest: Manifest, chosen: Iterable[Example], data: DataRecipe
    ) -> tuple[dict[tuple[int, str], str], str]:
        """Read again and compared with what the scan had."""
        return texts_again(manifest, chosen, Columns.of(data))

    def to_label(
        self,
        manifest: Manifest,
        data: DataRecipe,
        *,
        most: int,
        seed: int,
        stopped: Callable[[], bool] = never,
    ) -> list[Example]:
        """Read from the files of unlabeled texts, which a manifest does not list."""
        return texts_to_label(manifest, Columns.of(data), most=most, seed=seed, stopped=stopped)

    def excerpt(self, path: Path, data: DataRecipe) -> str:
        """The beginning of the text at that place, on one line."""
        file, line = self.place(path)
        with suppress(OSError):
            # To know its encoding all of a file is read.
            if file.stat().st_size > _LARGEST:
                return ""
        columns = Columns.of(data)
        place = texts_at({file: {line}}, columns) if line else {}
        text = place.get((file, line)) or first_text(file, columns)
        return " ".join(text[:_EXCERPT].split())


DATA = TextData()
