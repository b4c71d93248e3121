"""What can go wrong between starting a run and having its result."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "tracker-unknown": Entry(
        "{name} is no tracker that a run can be written for.",
        "Known are {known}.",
    ),
    "tracker-missing": Entry(
        "{title} is not installed here, so nothing can be written for it ({name}).",
        "Install it (`pip install {package!q}`, in a checkout `uv sync --extra {extra!q}`), or "
        "leave {name} out of runtime.log.",
    ),
    "tracker-not-packaged": Entry(
        "This packaged program has no {title}, so nothing can be written for it ({name}).",
        "Leave {name} out of runtime.log; with Redistill installed from Python and its extra "
        "{extra}, `redistill log` writes it from the finished run.",
    ),
    "tracker-failed": Entry(
        "{title} could not write what happened in {path}: {reason}.",
        "Another version of that library may do. Remove {folder} to begin it anew with "
        "`redistill log`; the run itself is not touched.",
    ),
    "tracker-busy": Entry(
        "Another process writes the log of {path} into {folder}.",
        "Wait until it has ended: while a trainer is at work, it follows it.",
    ),
    "race-impossible": Entry(
        "Ways to adapt the model can't be compared: {reason}.",
        "Label more examples, or choose another preset: `balanced` compares nothing before the "
        "end.",
    ),
    "run-not-found": Entry(
        "{path} is not a run folder: it has no recipe.toml.",
        "Choose the folder that a run was written to: the one with recipe.toml in it.",
    ),
    "not-measured": Entry(
        "The steps of {kind} seem to take no time on this machine, so nothing can be planned.",
        "Please report this with the device that `redistill doctor` names. A run can be started "
        "without a plan.",
    ),
    "arm-unknown": Entry(
        "There is no arm {name}.",
        "Choose one of {arms}, or leave it out for the recommended one.",
    ),
    "run-gone": Entry(
        "The run {path} is not there any more.",
        "It was moved or deleted, or its drive is not connected: open it at its new place, or "
        "remove it from the list.",
    ),
    "run-exists": Entry(
        "{path} already holds a run ({state}).",
        "Continue that run (`redistill resume {path!q}`), or choose another folder.",
    ),
    "compare-other": Entry(
        "{path} holds a run that was asked for something else: {differences}.",
        "Continue it as it is with `redistill resume {path!q}`, or choose another --out.",
    ),
    "run-folder-not-empty": Entry(
        "{path} is not empty and is not a run folder.",
        "Choose an empty or new folder; nothing was written there.",
    ),
    "run-locked": Entry(
        "Another trainer (process {pid} on {host}) is already working on {path}.",
        "Watch it or pause it (`redistill status`, `redistill pause`), or wait until it ends.",
    ),
    "run-newer": Entry(
        "The run {path} was written by a newer Redistill ({version}; this is {own}): {reason}.",
        "Update Redistill, or use the version that wrote the run. Nothing in it was changed.",
    ),
    "run-damaged": Entry(
        "The file {file} of the run {path} can't be read: {reason}.",
        "If it was edited or copied by hand, restore it; otherwise start the run again.",
    ),
    "results-newer": Entry(
        "The results of the run {path} were written by a newer Redistill (format {found}, this one "
        "reads {known}).",
        "Update Redistill, or use the version that made the run.",
    ),
    "run-not-finished": Entry(
        "The run {path} has no {needed} yet: it is {state}.",
        "Continue it and let it finish first (`redistill resume {path!q}`).",
    ),
    "run-failed": Entry(
        "The run {path} failed: {reason}",
        "Once that is fixed, `redistill resume {path!q}` goes on, or in Python "
        "redistill.open(…).resume().",
    ),
    "example-unreadable": Entry(
        "{name} can't be read: {reason}",
        "Leave it out: a row that is missing would shift all others. In Python, "
        "run.predict(…, embeddings=True) names what can't be read and goes on.",
    ),
    "text-names-a-file": Entry(
        "“{text}” is the name of a file, and would be classified as a text of that many letters.",
        "For what is in the file, give pathlib.Path instead of str.",
    ),
    "texts-and-files": Entry(
        "Some inputs are texts and some are files.",
        "Give texts (str) and files (pathlib.Path) in calls of their own.",
    ),
    "run-not-read-yet": Entry(
        "The run {path} has not read its data and its model yet.",
        "Start it first (`redistill resume {path!q}`), or look at the data themselves (`redistill "
        "labels --labeled FOLDER --model MODEL`, or `redistill map` with the same).",
    ),
    "map-empty": Entry(
        "There is nothing to show on a map: no example of {whose} can be read.",
        "Put the files back to where they were, or take the data that there are.",
    ),
    "map-damaged": Entry(
        "The map {path} can't be read: {reason}.",
        "Delete it; it is made again when it is asked for.",
    ),
    "map-form": Entry(
        "A map can't be written as {path}, which ends in {suffix}.",
        "End its name in .html for a page to look at, or in .parquet or .csv for a table.",
    ),
    "map-not-writable": Entry(
        "The map can't be written to {path}: {reason}.",
        "Choose another --out, or check permissions and free space.",
    ),
    "run-name": Entry(
        "A run can't be called “{name}”.",
        'Give it a name without any of < > : " / \\ | ? * that does not end with a dot.',
    ),
    "run-keeps-name": Entry(
        "The run {path} keeps its name: its data lie in its own folder, and its files say where.",
        "Write a note about it instead, or repeat it under another name.",
    ),
    "run-not-writable": Entry(
        "The run folder {path} can't be written: {reason}.",
        "Check its permissions, and that the drive is still connected; then continue the run "
        "(`redistill resume {path!q}`).",
    ),
    "run-inside-data": Entry(
        "The run folder {path} lies inside the data folder {data}.",
        "Choose a folder outside it: Redistill never writes into your data.",
    ),
    "unknown-needs-validation": Entry(
        "This classifier can't say “unknown” at the level {level}: that takes at least {least} "
        "validation examples, which no training has seen, and there are {found}.",
        "Ask for a lower level, or start a run with a validation part (`data.val_fraction`, on the "
        "Plan page).",
    ),
    "predict-inside-data": Entry(
        "{path} lies inside {data}, the folder that is classified.",
        "Choose a place outside it: Redistill never writes into your data.",
    ),
    "predict-sorts-around-data": Entry(
        "{data}, which is classified, lies inside {path}, where copies shall go.",
        "Choose a folder that holds none of your data: Redistill never writes into it.",
    ),
    "predict-nothing-found": Entry(
        "There is nothing to classify in {path}: no {examples} were found.",
        "Choose another folder, or watch this one (`--watch`): what comes later is classified.",
    ),
    "predict-locked": Entry(
        "Another process is writing predictions to {path} at the moment.",
        "Wait until it ends, or choose another file.",
    ),
    "predict-table-form": Entry(
        "Representations can't be written to {path}: its name ends in {suffix}.",
        "Choose a name that ends in .parquet, with what was predicted, or in .npy, plain numbers.",
    ),
    "predict-device": Entry(
        "There is no device {device} to predict on: {reason}.",
        "Leave --device out, or name another one; `redistill doctor` tells what this machine has.",
    ),
    "predict-memory": Entry(
        "There is no memory to classify even one example at a time ({detail}).",
        "Close other programs, or wait until they are done, then give the same command again.",
    ),
    "run-not-running": Entry(
        "No trainer is working on {path} (it is {state}).",
        "There is nothing to {verb}; it can be continued (`redistill resume {path!q}`).",
    ),
    "checkpoints-damaged": Entry(
        "No checkpoint of stage {stage} can be used: {reason}.",
        "Restart the stage: delete {folder} and continue the run (`redistill resume`).",
    ),
    "checkpoint-newer": Entry(
        "The checkpoint {file} of stage {stage} was written by Redistill {version} "
        "(format {found}, this one reads up to {known}).",
        "Update Redistill, or continue the run with that version. Nothing in it was changed.",
    ),
    "checkpoint-other-groups": Entry(
        "The checkpoint {file} of stage {stage} can't be continued by this version: Redistill "
        "{version}, which wrote it, trained other parts of the model, or grouped them in another "
        "way.",
        "Continue the run with that version, or restart the stage: delete {folder} and continue "
        "the run (`redistill resume`).",
    ),
    "loss-not-finite": Entry(
        "The loss of stage {stage} became {value} at step {step} {times} times, although the "
        "learning rate was halved each time (now {lr:.2g}).",
        "Start again with a lower learning rate ([{section}] lr), or with runtime.precision = "
        '"float32"; the last good checkpoint is kept.',
    ),
    "out-of-memory": Entry(
        "Memory ran out in {stage} even with one example at a time ({detail}).",
        "Close other programs that use {device}, choose a smaller model or a smaller "
        "image size (model.image_size), then continue the run (`redistill resume`).",
    ),
    "memory-spent": Entry(
        "Memory ran out between two training steps ({reason}).",
        "Close other programs, then continue the run (`redistill resume {path!q}`): nothing up to "
        "the last checkpoint is lost.",
    ),
    "device-unavailable": Entry(
        "The recipe asks for device {device}, but {reason}.",
        "Set the device (runtime.device) to auto or cpu; `redistill doctor` tells what this "
        "machine has.",
    ),
    "too-many-processes": Entry(
        "{processes} processes were to train on this machine, each on a GPU of its own, but torch "
        "can use {devices} here.",
        "Start as many processes as there are GPUs (`--processes`), or set runtime.device to cpu.",
    ),
    "compile-unavailable": Entry(
        "The recipe asks for compiled steps, but {reason}.",
        "Set runtime.compile = false: the run learns the same, without compiling.",
    ),
    "precision-unavailable": Entry(
        "The recipe asks for precision {precision}, but {reason}.",
        'Set runtime.precision = "auto" or "float32".',
    ),
    "process-failed": Entry(
        "{who} of the {world} that train together could not go on: {reason}",
        "The others ended with it. Once that is fixed, continue the run (`redistill resume`): "
        "nothing up to the last checkpoint is lost.",
    ),
    "process-lost": Entry(
        "{who} of the {world} that train together was killed, or does not answer any more.",
        "The others ended, too. Continue the run (`redistill resume`): nothing up to the last "
        "checkpoint is lost. Where memory is short, train with fewer processes.",
    ),
    "processes-apart": Entry(
        "The processes that shall train together did not all meet within {minutes} minutes: "
        "{reason}.",
        "Start all of them, with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE; torchrun does "
        "that.",
    ),
    "processes-differ": Entry(
        "The processes that train together see different files in {path}: {what}.",
        "All of them need the same folder, on a file system that they share; then continue the "
        "run (`redistill resume`).",
    ),
    "trainer-died": Entry(
        "The trainer ended unexpectedly ({how}).",
        "Nothing up to the last checkpoint is lost: continue the run "
        "(`redistill resume {path!q}`). The log is in {log}.",
    ),
    "trainer-bug": Entry(
        "Something went wrong that Redistill did not foresee: {reason}.",
        "The log {log} has the details; please report it. The run can be continued from its last "
        "checkpoint (`redistill resume {path!q}`).",
    ),
    "gradients-unused": Entry(
        "The model {model} can't be trained in stage {stage}: {reason}.",
        "Choose another model; those on the Model page and in `redistill models` are known to "
        "work.",
    ),
    "file-not-writable": Entry(
        "{path} can't be written: {reason}.",
        "Choose another location, or check permissions and free space.",
    ),
    "helper-died": Entry(
        "A background process of Redistill ended unexpectedly ({how}).",
        "Try again; if memory is short, close other programs first.",
    ),
    "helper-bug": Entry(
        "Something went wrong that Redistill did not foresee: {reason}.",
        "Try again; if it happens again, save a report (Help menu) and send it to us.",
    ),
    "run-not-on-text": Entry(
        "The run in {path} learned from images, so it can't classify a text.",
        "Give image files, or choose a run on text.",
    ),
}
