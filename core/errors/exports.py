"""What can go wrong when a trained model is written for other programs."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "export-format-unknown": Entry(
        _("There is no export format {name} for {kind}."),
        _("Choose one of {formats}."),
    ),
    "export-precision-unknown": Entry(
        _("The format {format} can't be written in precision {name}."),
        _("It has {have}; for other precisions choose the format onnx."),
    ),
    "export-no-classifier": Entry(
        _("The run {path} has no {needed} to export: it is {state}{why}."),
        _(
            "Let the run finish with labeled images, choose an arm that was fine-tuned, or export "
            "the format encoder, which needs no labels."
        ),
    ),
    "export-no-encoder": Entry(
        _("The run {path} has no {needed} to export: it is {state}."),
        _(
            "Continue it and let it finish (`redistill resume {path!q}`); the arm base is the "
            "initial encoder, which is there already."
        ),
    ),
    "export-no-examples": Entry(
        _(
            "None of the run's {count} {which} {nouns} can be read, so the export can't be "
            "checked; the first is {first} ({reason})."
        ),
        _("Connect the drive they are on, or put them back where they were; then export again."),
    ),
    "export-target-foreign": Entry(
        _("{path} contains something other than an earlier {format} export: {what}."),
        _("Choose another folder, or move that away first; nothing was written."),
    ),
    "export-inside-data": Entry(
        _("The export folder {path} lies inside the data folder {data}."),
        _("Choose a folder outside it: Redistill never writes into your data."),
    ),
    "export-not-writable": Entry(
        _("The export can't be written to {path}: {reason}."),
        _("Choose another folder, or check permissions and free space."),
    ),
    "export-architecture": Entry(
        _("The model {name} can't be written as {format}: {reason}."),
        _("These formats have no such limit: {others}."),
    ),
    "export-not-converted": Entry(
        _("The conversion to {format} failed: {reason}."),
        _("Nothing was written. Another format may work: {others}. Please report this one."),
    ),
    "export-differs": Entry(
        _(
            "The {format} export was checked on {count} of your {nouns} and does not compute what "
            "the trained model does: {where}."
        ),
        _(
            "Nothing was written. Try another format or precision ({others}), and please report "
            "this."
        ),
    ),
    "push-no-token": Entry(
        _("No token was given for pushing to {repo}."),
        _(
            "Make one with the right to write on the hub's settings page; give it in the variable "
            "HF_TOKEN, in a file (`--token-file`), or type it when asked. It is not kept."
        ),
    ),
    "push-token-file": Entry(
        _("The token can't be read from {path}: {reason}."),
        _("Put the token, and nothing else, into a text file that only you can read."),
    ),
    "push-bad-name": Entry(
        _("{repo} is not a valid repository name."),
        _("Write owner/name: letters, digits, `-`, `_` and `.`."),
    ),
    "push-token-refused": Entry(
        _("The hub ({hub}) does not know the token."),
        _("It may be mistyped, expired or revoked: make a new one on the hub's settings page."),
    ),
    "push-no-rights": Entry(
        _("The token may not write to {repo}."),
        _("Use a token with the right to write, and an owner that you are or belong to."),
    ),
    "push-not-empty": Entry(
        _("{repo} exists and holds {count} files, the first is {first}."),
        _(
            "Choose another name, or add `--force` (in the window: Replace): files of the same "
            "name are replaced, others stay."
        ),
    ),
    "push-unreachable": Entry(
        _("The hub can't be reached to push to {repo}: {reason}."),
        _("Check the network and try again; the export itself is finished and kept."),
    ),
    "push-failed": Entry(
        _("The hub rejected the push to {repo} ({status}): {reason}."),
        _("Try again later; nothing of it is visible there, and the export itself is kept."),
    ),
    "push-not-checked": Entry(
        _("{path} holds no export whose check was passed."),
        _("Export first; only what was checked is pushed."),
    ),
}
