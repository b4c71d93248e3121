"""What can be wrong with a user's images, folders and label tables."""

from core.errors.entry import Entry
from core.language import _

_KINDS = _("JPEG, PNG, WebP, BMP, GIF, TIFF, HEIC, AVIF or DICOM")

ENTRIES: dict[str, Entry] = {
    "folder-not-found": Entry(
        _("The folder {path} does not exist."),
        _("Check the spelling, and that the drive it is on is connected."),
    ),
    "folder-is-file": Entry(
        _("{path} is a single file, neither a zip or tar archive nor a table of labels."),
        _("Give a folder of images, an archive of one (zip, tar), or a table that lists them."),
    ),
    "folder-denied": Entry(
        _("The folder {path} can't be read: {reason}."),
        _("Give yourself permission to read it, or choose another folder."),
    ),
    "no-images": Entry(
        _("There is no image to pre-train on in {folders}."),
        _("Add unlabeled images, or leave some labeled ones out of the test split."),
    ),
    "folder-no-images": Entry(
        _("There is no image in {path}{seen}."),
        _(
            "Give a folder that holds {kinds} files, at any depth; if its files are texts, say so "
            "(--kind text, data.kind)."
        ).format(kinds=_KINDS),
    ),
    "no-usable-images": Entry(
        _("None of the {count} images in {path} can be used; the first: {first}."),
        _(
            "Look at the named file with an image viewer; copy the images again if they are "
            "damaged."
        ),
    ),
    "nothing-to-scan": Entry(
        _("No folder was given: neither unlabeled nor labeled images."),
        _(
            "Give a folder of unlabeled images, one of labeled images, or both (--unlabeled, "
            "--labeled)."
        ),
    ),
    "labels-not-found": Entry(
        _("Nothing in {path} says which class an image belongs to{seen}."),
        _(
            "Put the images into one folder per class, or give a CSV, TSV, JSONL or Parquet table "
            "with a path and a label column.{offer}"
        ),
    ),
    "no-labels-found": Entry(
        _("Nothing in {path} says which label {example} has."),
        _(
            "Name the column or the key with the labels (data.label_column, --label-column); or, "
            "to pre-train without labels, give the {examples} as unlabeled ones alone "
            "(data.unlabeled, --unlabeled)."
        ),
    ),
    "labels-unusable": Entry(
        _("None of the labeled images in {path} can be used."),
        _("Look at one of them with an image viewer; copy them again if they are damaged."),
    ),
    "labels-no-train": Entry(
        _("{path} has {found} but no training images."),
        _("Add a train folder (or rows with split train) with images of each class."),
    ),
    "table-unreadable": Entry(
        _("The table {path} can't be read: {reason}."),
        _(
            "Save it again as CSV (UTF-8), TSV, JSON or Parquet; data.encoding (--encoding) names "
            "another encoding."
        ),
    ),
    "table-columns": Entry(
        _("The table {path} has no column for {missing}; its columns are: {columns}."),
        _(
            "Name them with data.path_column and data.label_column (--path-column, "
            "--label-column), or "
            'call them "path" (the image file) and "label" (its class).'
        ),
    ),
    "table-no-files": Entry(
        _("None of the {count} image files that {path} names can be used; the first: {first}."),
        _("Write the paths relative to the folder of the table, or in full."),
    ),
    "table-conflicts": Entry(
        _(
            "Each of the {count} images that {path} names has several labels or splits; the first: "
            "{first}."
        ),
        _(
            "Give each image one class: leave out rows, or name another column (data.label_column, "
            "--label-column)."
        ),
    ),
    "tables-several": Entry(
        _("{path} holds several tables of labels: {tables}."),
        _("Give the one you mean as the labeled data, such as {example}."),
    ),
    "manifest-foreign": Entry(
        _(
            "The manifest of {path} names {count:,} files outside the folders of its data (first: "
            "{first}), and was not made on this computer."
        ),
        _(
            "Start a new run on your own data; or, if you trust who made this one, set the "
            "environment variable REDISTILL_TRUST_RUNS to 1."
        ),
    ),
    "labels-are-numbers": Entry(
        _(
            "{labels} different labels for {total} labeled {examples} in {path} ({shown}, …): "
            "these look like {what}, not like classes."
        ),
        _(
            "Name the column with the classes (data.label_column, --label-column); or, to predict "
            "numbers as they are, set data.task to regression (--set data.task=regression)."
        ),
    ),
    "labels-have-units": Entry(
        _("The labels of {path} are numbers with a unit ({first})."),
        _(
            "Write the number alone, all of them in the same unit; or set data.task to "
            "single-label if each is a class."
        ),
    ),
    "labels-no-numbers": Entry(
        _("Labels are to be numbers (data.task regression), and {path} has others: {first}."),
        _("Correct the labels, or set data.task to single-label, if they are classes."),
    ),
    "numbers-one-column": Entry(
        _(
            "One number of each example can be predicted, and {path} has several columns of "
            "labels: {columns}."
        ),
        _("Name the one to predict (data.label_column, --label-column), in a run for each."),
    ),
    "groups-not-found": Entry(
        _(
            "None of the {count} labeled paths has what data.group_pattern ({pattern}) looks for; "
            "the first: {first}."
        ),
        _(
            r"Change the pattern (--group-pattern), as in (patient\d+)_, or name a column with "
            "data.group_column (--group-column)."
        ),
    ),
    "groups-without-table": Entry(
        _(
            "data.group_column is {column}, but nothing labeled in {path} comes from a table with "
            "that column."
        ),
        _(
            "Give the table as the labeled data, or say with data.group_pattern (--group-pattern) "
            "what in the names belongs together."
        ),
    ),
    "labels-too-few": Entry(
        _(
            "There are too few labels to doubt any: labeled examples to look at: {count}, classes: "
            "{classes}."
        ),
        _(
            "Label several of each of two or more classes first; test labels are looked at only "
            "with --test."
        ),
    ),
    "nothing-to-label": Entry(
        _("There is no unlabeled example to choose from in {path}."),
        _(
            "Give a folder of unlabeled ones (--unlabeled); copies of labeled or test examples are "
            "none."
        ),
    ),
    "to-label-columns": Entry(
        _(
            "{path} is no table to label in: its columns are {columns}; others than path, text, "
            "label, split, example and skipped would be lost."
        ),
        _("Name another file with --out, or move this one away; a new one is written then."),
    ),
    "corrections-unreadable": Entry(
        _("The table of corrected labels {path} can't be read: {reason}."),
        _("Check the path (data.corrections, --corrections), or save it again as CSV (UTF-8)."),
    ),
    "corrections-columns": Entry(
        _(
            "The table of corrected labels {path} has no column {missing}; its columns are: "
            "{columns}."
        ),
        _(
            "Give one with the columns example, given_label, decision and new_label, as `redistill "
            "labels` writes it."
        ),
    ),
    "corrections-rows": Entry(
        _("Rows of the corrected labels {path} can't be used ({count} of them):\n{problems}"),
        _(
            "Write keep, correct or leave out as decision, and a new_label only to correct; an "
            "empty decision leaves an example as it is."
        ),
    ),
    "corrections-classes": Entry(
        _(
            "{path} corrects labels to {name} (rows: {count}), which is no class of the data{hint} "
            "(classes: {classes})."
        ),
        _(
            "Spell it as the data do. A class that no example has yet needs labeled examples of "
            "its own."
        ),
    ),
    "corrections-other-data": Entry(
        _(
            "No example that {path} corrects is among the labeled data (names: {count}; the first: "
            "{first})."
        ),
        _(
            "Give the table that was made for these data (data.corrections, --corrections), or "
            "none."
        ),
    ),
    "manifest-damaged": Entry(
        _("The list of images {path} can't be read: {reason}."),
        _("Scan the folders again."),
    ),
    "manifest-newer": Entry(
        _(
            "The list of images {path} has format {found}; this version of Redistill reads up to "
            "{known}."
        ),
        _("Update Redistill, or scan the folders again."),
    ),
    "images-vanished": Entry(
        _("{failed} of {count} images can't be read any more; the first: {first}."),
        _(
            "Check that the drive with the images is connected and that they were not moved or "
            "changed; otherwise scan again and start a new run."
        ),
    ),
    "disk-full-data": Entry(
        _(
            "There is no room for the decoded images: {needed_gib:.2f} GiB are needed at {path}, "
            "{free_gib:.2f} GiB are free."
        ),
        _(
            "Free some space, put the run on another disk, or lower data.disk_budget_gib: images "
            "are then decoded again whenever they are needed."
        ),
    ),
    "data-not-writable": Entry(
        _("The decoded images can't be written to {path}: {reason}."),
        _("Check its permissions, and that the drive is still connected."),
    ),
    "workers-died": Entry(
        _("The processes that decode images can't be started or keep dying ({reason})."),
        _("Close programs that use much memory, or set runtime.workers = 1."),
    ),
    "archive-unreadable": Entry(
        _("The archive {path} can't be unpacked: {reason}."),
        _("Download or pack it again, or unpack it yourself and give the folder."),
    ),
    "archive-unsafe": Entry(
        _("The archive {path} is not safe to unpack: {reason}."),
        _("Unpack it with a tool you trust, look at what is in it, and give the folder."),
    ),
    "archive-no-room": Entry(
        _(
            "There is no room to unpack {path}: {needed_gib:.2f} GiB are needed at {at}, "
            "{free_gib:.2f} GiB are free."
        ),
        _("Free some space, or unpack it yourself to another disk and give the folder."),
    ),
    "kinds-mixed": Entry(
        _(
            "{first} holds {examples}, and {other} {other_examples}: a run learns from one of the "
            "two."
        ),
        _("Begin a new run for the other one, or remove what is chosen first."),
    ),
}
