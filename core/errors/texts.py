"""What can be wrong with texts."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "no-texts": Entry(
        _(
            "There are no text files in {path} (.txt, .md, .jsonl, .csv, .tsv, also "
            "as .gz, .parquet, .arrow, .xlsx, .xls, .ods){seen}."
        ),
        _(
            "Choose the folder that has them; READMEs and hidden files are not read. If its files "
            "are images, say so (--kind images, data.kind)."
        ),
    ),
    "texts-changed": Entry(
        _("{path} is not what it was when the run looked at it: {reason}."),
        _("Put the old file back and resume the run, or start a new run with what is there now."),
    ),
    "no-usable-texts": Entry(
        _("No text in {path} can be used; {count} can't be read (first: {first}){seen}."),
        _(
            "Name the columns (data.text_column, data.label_column) or the encoding "
            "(data.encoding), or repair the files."
        ),
    ),
    "no-docstrings": Entry(
        _(
            "The documentation of {package} is not on this machine: its sources were not "
            "installed, or without docstrings."
        ),
        _(
            "Run the demo on images instead (`redistill demo`), or install {package} from its "
            "wheel."
        ),
    ),
}
