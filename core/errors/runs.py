"""What can go wrong between starting a run and having its result."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "tracker-unknown": Entry(
        _("{name} is no tracker that a run can be written for."),
        _("Known are {known}."),
    ),
    "tracker-missing": Entry(
        _("{title} is not installed here, so nothing can be written for it ({name})."),
        _(
            "Install it (`pip install {package!q}`, in a checkout `uv sync --extra {extra!q}`), or "
            "leave {name} out of runtime.log."
        ),
    ),
    "tracker-not-packaged": Entry(
        _("This packaged program has no {title}, so nothing can be written for it ({name})."),
        _(
            "Leave {name} out of runtime.log; with Redistill installed from Python and its extra "
            "{extra}, `redistill log` writes it from the finished run."
        ),
    ),
    "tracker-failed": Entry(
        _("{title} could not write what happened in {path}: {reason}."),
        _(
            "Another version of that library may do. Remove {folder} to begin it anew with "
            "`redistill log`; the run itself is not touched."
        ),
    ),
    "tracker-busy": Entry(
        _("Another process writes the log of {path} into {folder}."),
        _("Wait until it has ended: while a trainer is at work, it follows it."),
    ),
    "race-impossible": Entry(
        _("Ways to adapt the model can't be compared: {reason}."),
        _(
            "Label more examples, or choose another preset: `balanced` compares nothing before the "
            "end."
        ),
    ),
    "run-not-found": Entry(
        _("{path} is not a run folder: it has no recipe.toml."),
        _("Choose the folder that a run was written to: the one with recipe.toml in it."),
    ),
    "not-measured": Entry(
        _("The steps of {kind} seem to take no time on this machine, so nothing can be planned."),
        _(
            "Please report this with the device that `redistill doctor` names. A run can be "
            "started without a plan."
        ),
    ),
    "arm-unknown": Entry(
        _("There is no arm {name}."),
        _("Choose one of {arms}, or leave it out for the recommended one."),
    ),
    "run-gone": Entry(
        _("The run {path} is not there any more."),
        _(
            "It was moved or deleted, or its drive is not connected: open it at its new place, or "
            "remove it from the list."
        ),
    ),
    "run-exists": Entry(
        _("{path} already holds a run ({state})."),
        _("Continue that run (`redistill resume {path!q}`), or choose another folder."),
    ),
    "compare-other": Entry(
        _("{path} holds a run that was asked for something else: {differences}."),
        _("Continue it as it is with `redistill resume {path!q}`, or choose another --out."),
    ),
    "run-folder-not-empty": Entry(
        _("{path} is not empty and is not a run folder."),
        _("Choose an empty or new folder; nothing was written there."),
    ),
    "run-locked": Entry(
        _("Another trainer (process {pid} on {host}) is already working on {path}."),
        _("Watch it or pause it (`redistill status`, `redistill pause`), or wait until it ends."),
    ),
    "run-newer": Entry(
        _("The run {path} was written by a newer Redistill ({version}; this is {own}): {reason}."),
        _("Update Redistill, or use the version that wrote the run. Nothing in it was changed."),
    ),
    "run-damaged": Entry(
        _("The file {file} of the run {path} can't be read: {reason}."),
        _("If it was edited or copied by hand, restore it; otherwise start the run again."),
    ),
    "results-newer": Entry(
        _(
            "The results of the run {path} were written by a newer Redistill (format {found}, this "
            "one reads {known})."
        ),
        _("Update Redistill, or use the version that made the run."),
    ),
    "run-not-finished": Entry(
        _("The run {path} has no {needed} yet: it is {state}."),
        _("Continue it and let it finish first (`redistill resume {path!q}`)."),
    ),
    "run-without": Entry(
        _("The run {path} has no {needed}; of classifiers it made: {made}."),
        _(
            "Choose one of these with --arm. Where there is none, `redistill status {path!q}` and "
            "the report say why: it had no labels, or all of them the same."
        ),
    ),
    "run-failed": Entry(
        _("The run {path} failed: {reason}"),
        _(
            "Once that is fixed, `redistill resume {path!q}` goes on, or in Python "
            "redistill.open(…).resume()."
        ),
    ),
    "run-not-read-yet": Entry(
        _("The run {path} has not read its data and its model yet."),
        _(
            "Start it first (`redistill resume {path!q}`), or look at the data themselves "
            "(`redistill labels --labeled FOLDER --model MODEL`, or `redistill map` with the same)."
        ),
    ),
    "run-name": Entry(
        _("A run can't be called “{name}”."),
        _('Give it a name without any of < > : " / \\ | ? * that does not end with a dot.'),
    ),
    "run-keeps-name": Entry(
        _(
            "The run {path} keeps its name: its data lie in its own folder, and its files say "
            "where."
        ),
        _("Write a note about it instead, or repeat it under another name."),
    ),
    "run-not-writable": Entry(
        _("The run folder {path} can't be written: {reason}."),
        _(
            "Check its permissions, and that the drive is still connected; then continue the run "
            "(`redistill resume {path!q}`)."
        ),
    ),
    "run-inside-data": Entry(
        _("The run folder {path} lies inside the data folder {data}."),
        _("Choose a folder outside it: Redistill never writes into your data."),
    ),
    "run-not-running": Entry(
        _("No trainer is working on {path} (it is {state})."),
        _("There is nothing to {verb}; it can be continued (`redistill resume {path!q}`)."),
    ),
    "checkpoints-damaged": Entry(
        _("No checkpoint of stage {stage} can be used: {reason}."),
        _("Restart the stage: delete {folder} and continue the run (`redistill resume`)."),
    ),
    "checkpoint-newer": Entry(
        _(
            "The checkpoint {file} of stage {stage} was written by Redistill {version} "
            "(format {found}, this one reads up to {known})."
        ),
        _("Update Redistill, or continue the run with that version. Nothing in it was changed."),
    ),
    "checkpoint-other-groups": Entry(
        _(
            "The checkpoint {file} of stage {stage} can't be continued by this version: Redistill "
            "{version}, which wrote it, trained other parts of the model, or grouped them in "
            "another way."
        ),
        _(
            "Continue the run with that version, or restart the stage: delete {folder} and "
            "continue the run (`redistill resume`)."
        ),
    ),
    "loss-not-finite": Entry(
        _(
            "The loss of stage {stage} became {value} at step {step} {times} times, although the "
            "learning rate was halved each time (now {lr:.2g})."
        ),
        _(
            "Start again with a lower learning rate ([{section}] lr), or with runtime.precision = "
            '"float32"; the last good checkpoint is kept.'
        ),
    ),
    "out-of-memory": Entry(
        _("Memory ran out in {stage} even with one example at a time ({detail})."),
        _(
            "Close other programs that use {device}, choose a smaller model or a smaller "
            "image size (model.image_size), then continue the run (`redistill resume`)."
        ),
    ),
    "memory-spent": Entry(
        _("Memory ran out between two training steps ({reason})."),
        _(
            "Close other programs, then continue the run (`redistill resume {path!q}`): nothing up "
            "to the last checkpoint is lost."
        ),
    ),
    "device-unavailable": Entry(
        _("The recipe asks for device {device}, but {reason}."),
        _(
            "Set the device (runtime.device) to auto or cpu; `redistill doctor` tells what this "
            "machine has."
        ),
    ),
    "too-many-processes": Entry(
        _(
            "{processes} processes were to train on this machine, each on a GPU of its own, but "
            "torch can use {devices} here."
        ),
        _(
            "Start as many processes as there are GPUs (`--processes`), or set runtime.device to "
            "cpu."
        ),
    ),
    "compile-unavailable": Entry(
        _("The recipe asks for compiled steps, but {reason}."),
        _("Set runtime.compile = false: the run learns the same, without compiling."),
    ),
    "precision-unavailable": Entry(
        _("The recipe asks for precision {precision}, but {reason}."),
        _('Set runtime.precision = "auto" or "float32".'),
    ),
    "process-failed": Entry(
        _("{who} of the {world} that train together could not go on: {reason}"),
        _(
            "The others ended with it. Once that is fixed, continue the run (`redistill resume`): "
            "nothing up to the last checkpoint is lost."
        ),
    ),
    "process-lost": Entry(
        _("{who} of the {world} that train together was killed, or does not answer any more."),
        _(
            "The others ended, too. Continue the run (`redistill resume`): nothing up to the last "
            "checkpoint is lost. Where memory is short, train with fewer processes."
        ),
    ),
    "processes-apart": Entry(
        _(
            "The processes that shall train together did not all meet within {minutes} minutes: "
            "{reason}."
        ),
        _(
            "Start all of them, with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE; torchrun "
            "does that."
        ),
    ),
    "processes-differ": Entry(
        _("The processes that train together see different files in {path}: {what}."),
        _(
            "All of them need the same folder, on a file system that they share; then continue the "
            "run (`redistill resume`)."
        ),
    ),
    "trainer-died": Entry(
        _("The trainer ended unexpectedly ({how})."),
        _(
            "Nothing up to the last checkpoint is lost: continue the run "
            "(`redistill resume {path!q}`). The log is in {log}."
        ),
    ),
    "trainer-bug": Entry(
        _("Something went wrong that Redistill did not foresee: {reason}."),
        _(
            "The log {log} has the details; please report it. The run can be continued from its "
            "last checkpoint (`redistill resume {path!q}`)."
        ),
    ),
    "gradients-unused": Entry(
        _("The model {model} can't be trained in stage {stage}: {reason}."),
        _(
            "Choose another model; those on the Model page and in `redistill models` are known to "
            "work."
        ),
    ),
    "file-not-writable": Entry(
        _("{path} can't be written: {reason}."),
        _("Choose another location, or check permissions and free space."),
    ),
    "system-refused": Entry(
        _("The system refuses {path}: {reason}."),
        _("Check permissions, free space, and that the drive is connected."),
    ),
    "helper-died": Entry(
        _("A background process of Redistill ended unexpectedly ({how})."),
        _("Try again; if memory is short, close other programs first."),
    ),
    "helper-bug": Entry(
        _("Something went wrong that Redistill did not foresee: {reason}."),
        _("Try again; if it happens again, save a report (Help menu) and send it to us."),
    ),
    "run-not-on-text": Entry(
        _("The run in {path} learned from images, so it can't classify a text."),
        _("Give image files, or choose a run on text."),
    ),
}
