"""A watched folder: what is to be read in it, and when."""

import csv
import shutil
from pathlib import Path

from core.predict.wanted import Listeners, Wanted
from core.run.folder import RunFolder
from tests.helpers.faces import predict_files
from tests.helpers.worlds import World


def test_that_an_unfinished_download_waits_for_its_own_name(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    watched, table = tmp_path / "in", tmp_path / "labels.csv"
    watched.mkdir()
    picture = min(world.labeled.glob("test/*/*.png"))
    shutil.copy(picture, watched / "here.png")
    shutil.copy(picture, watched / "coming.png.crdownload")
    seen: list[str] = []

    def found(rows: list[dict]) -> None:
        seen.extend(Path(row["file"]).name for row in rows)
        # Browsers rename a download when all of it is there.
        if (coming := watched / "coming.png.crdownload").exists():
            coming.rename(watched / "coming.png")

    predict_files(
        undisturbed,
        [watched],
        Wanted(table, watch=True),
        listeners=Listeners(lambda *_: None, found=found, stopped=lambda: len(seen) == 2),
        settle_s=0.1,
    )
    assert seen == ["here.png", "coming.png"]
    with table.open(encoding="utf-8", newline="") as file:
        assert [Path(row["path"]).name for row in csv.DictReader(file)] == seen
