"""What can go wrong when a trained model is written for other programs."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "export-format-unknown": Entry(
        "There is no export format {name} for {kind}.",
        "Choose one of {formats}.",
    ),
    "export-precision-unknown": Entry(
        "The format {format} can't be written in precision {name}.",
        "It has {have}; for other precisions choose the format onnx.",
    ),
    "export-arm-unknown": Entry(
        "There is no arm {name}.",
        "Choose one of {arms}, or leave it out for the most fitted one.",
    ),
    "export-no-classifier": Entry(
        "The run {path} has no {needed} to export: it is {state}{why}.",
        "Let the run finish with labeled images, choose an arm that was fine-tuned, or export "
        "the format encoder, which needs no labels.",
    ),
    "export-no-encoder": Entry(
        "The run {path} has no {needed} to export: it is {state}.",
        "Continue it and let it finish (`redistill resume {path}`); the arm base is the initial "
        "encoder, which is there already.",
    ),
    "export-no-examples": Entry(
        "None of the run's {count} {which} {noun}s can be read, so the export can't be checked; "
        "the first is {first} ({reason}).",
        "Connect the drive they are on, or put them back where they were; then export again.",
    ),
    "export-target-foreign": Entry(
        "{path} holds something that is no earlier {format} export: {what}.",
        "Choose another folder, or move that away first; nothing was written.",
    ),
    "export-inside-data": Entry(
        "The export folder {path} lies inside the data folder {data}.",
        "Choose a folder outside it: Redistill never writes into your data.",
    ),
    "export-not-writable": Entry(
        "The export can't be written to {path}: {reason}.",
        "Choose another folder, or check permissions and free space.",
    ),
    "export-architecture": Entry(
        "The model {name} can't be written as {format}: {reason}.",
        "These formats have no such limit: {others}.",
    ),
    "export-not-converted": Entry(
        "The conversion to {format} failed: {reason}.",
        "Nothing was written. Another format may do: {others}. Please report this one.",
    ),
    "export-differs": Entry(
        "The {format} export was checked on {count} of your {noun}s and does not compute what the "
        "trained model does: {where}.",
        "Nothing was written. Try another format or precision ({others}), and please report this.",
    ),
}
