"""Implements `DataModality` for images."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from core.data.census import PICTURES, census
from core.data.manifest import Manifest
from core.data.modality import DataModality, Recognised, ScanRequest
from core.data.tables.columns import Columns
from core.images.data.decode import UnreadableImage, decode, read_bytes
from core.images.data.scan import recognise, scan
from core.recipe import DataRecipe
from core.system.stopping import never


class ImageData(DataModality):
    """Folders of images in any layout, and tables that name images."""

    def claims(self, path: Path) -> int:
        """Pictures by their names; what nobody claims is read as images all the same."""
        return int(path.suffix.lower() in PICTURES) if path.is_file() else census(path).num_pictures

    def recognise(self, path: Path, *, stopped: Callable[[], bool] = never) -> Recognised:
        """Read the layout from names."""
        layout = recognise(path, stopped=stopped)
        return Recognised(layout.is_labeled, layout.words)

    def roles(self, path: Path, data: DataRecipe | None = None) -> tuple[list[Path], Path | None]:
        """A folder is unlabeled too; a table is only labeled."""
        asked = Columns.of(data) if data is not None else None
        is_labeled = recognise(path, asked=asked).is_labeled
        return [path] if path.is_dir() else [], path if is_labeled else None

    def scan(self, request: ScanRequest) -> Manifest:
        """Decode every image."""
        return scan(
            request.unlabeled,
            request.labeled,
            report=request.report,
            stopped=request.stopped,
            val_fraction=request.data.val_fraction,
            test_fraction=request.data.test_fraction,
            seed=request.seed,
            workers=request.workers,
            columns=Columns.of(request.data),
            left_out=request.data.left_out,
            group_pattern=request.data.group_pattern,
            leave_out_copies=request.data.leave_out_copies,
        )

    def picture(self, path: Path, side: int) -> Image.Image:
        """The image itself, smaller: no EXIF, no colour profile, no thumbnail inside."""
        try:
            small = decode(read_bytes(path)).convert("RGB")
        except UnreadableImage as error:
            raise ValueError(error.reason) from error
        small.thumbnail((side, side))
        bare = Image.new("RGB", small.size)
        bare.paste(small)
        return bare


DATA = ImageData()
