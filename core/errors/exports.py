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
    "export-no-classifier": Entry(
        "The run {path} has no {needed} to export: it is {state}{why}.",
        "Let the run finish with labeled images, choose an arm that was fine-tuned, or export "
        "the format encoder, which needs no labels.",
    ),
    "export-no-encoder": Entry(
        "The run {path} has no {needed} to export: it is {state}.",
        "Continue it and let it finish (`redistill resume {path!q}`); the arm base is the initial "
        "encoder, which is there already.",
    ),
    "export-no-examples": Entry(
        "None of the run's {count} {which} {noun}s can be read, so the export can't be checked; "
        "the first is {first} ({reason}).",
        "Connect the drive they are on, or put them back where they were; then export again.",
    ),
    "export-target-foreign": Entry(
        "{path} contains something other than an earlier {format} export: {what}.",
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
        "Nothing was written. Another format may work: {others}. Please report this one.",
    ),
    "export-differs": Entry(
        "The {format} export was checked on {count} of your {noun}s and does not compute what the "
        "trained model does: {where}.",
        "Nothing was written. Try another format or precision ({others}), and please report this.",
    ),
    "push-no-token": Entry(
        "No token was given for pushing to {repo}.",
        "Make one with the right to write on the hub's settings page; give it in the variable "
        "HF_TOKEN, in a file (`--token-file`), or type it when asked. It is not kept.",
    ),
    "push-token-file": Entry(
        "The token can't be read from {path}: {reason}.",
        "Put the token, and nothing else, into a text file that only you can read.",
    ),
    "push-bad-name": Entry(
        "{repo} is not a valid repository name.",
        "Write owner/name: letters, digits, `-`, `_` and `.`.",
    ),
    "push-token-refused": Entry(
        "The hub ({hub}) does not know the token.",
        "It may be mistyped, expired or revoked: make a new one on the hub's settings page.",
    ),
    "push-no-rights": Entry(
        "The token may not write to {repo}.",
        "Use a token with the right to write, and an owner that you are or belong to.",
    ),
    "push-not-empty": Entry(
        "{repo} exists and holds {count} files, the first is {first}.",
        "Choose another name, or add `--force` (in the window: Replace): files of the same name "
        "are replaced, others stay.",
    ),
    "push-unreachable": Entry(
        "The hub can't be reached to push to {repo}: {reason}.",
        "Check the network and try again; the export itself is finished and kept.",
    ),
    "push-failed": Entry(
        "The hub rejected the push to {repo} ({status}): {reason}.",
        "Try again later; nothing of it is visible there, and the export itself is kept.",
    ),
    "push-not-checked": Entry(
        "{path} holds no export whose check was passed.",
        "Export first; only what was checked is pushed.",
    ),
}
