"""The names of what lies in a run folder; `core.run.folder` says what each is for."""

from typing import Final

# At its top.
RECIPE: Final = "recipe.toml"
RUN: Final = "run.json"
STATE: Final = "state.json"
MANIFEST: Final = "manifest.jsonl"
EVENTS: Final = "events.jsonl"
RESULTS: Final = "results.json"
LOG: Final = "log.txt"
ENVIRONMENT: Final = "environment.json"
ENERGY: Final = "energy.json"
# What somebody wrote about the run.
NOTES: Final = "notes.txt"
CONTROL: Final = "control.json"
ADJUSTMENTS: Final = "adjustments.json"
FLIPS: Final = "flips.json"
# What was chosen where the recipe leaves the objective open.
OBJECTIVE: Final = "objective.json"
MATCH: Final = "match.json"
# What a race chose: the rest of the run goes by it.
RACE: Final = "race.json"
# Labels to doubt, and what was decided of them.
SUSPECTS: Final = "suspects.csv"
# What to label next, and the labels that it was given.
TO_LABEL: Final = "to-label.csv"
TRAINER_OUTPUT: Final = "trainer-output.txt"
TRAINER_LOCK: Final = "trainer.lock"
# From how many seeds a comparison was extended, each time.
EXTENSIONS: Final = "extensions.json"
RESULTS_LOCK: Final = "results.lock"

# Folders in it.
MODEL: Final = "model"
DATA: Final = "data"
STAGES: Final = "stages"
FROZEN: Final = "frozen"
PREVIEWS: Final = "previews"
EXPORTS: Final = "exports"
# What other tools show of it, by name of the tool.
TRACKING: Final = "log"

# A model in our own layout, of a run or bundled; a stage that trains one has the weights alone.
MODEL_JSON: Final = "model.json"
ENCODER: Final = "encoder.safetensors"
DECODER: Final = "decoder.safetensors"
SOURCE: Final = "source.json"

# In the folder of a stage.
BEST_ENCODER: Final = "best_encoder.safetensors"
SUMMARY: Final = "summary.json"
TRIALS: Final = "trials.json"
# Of a race: speeds that were measured, time that was spent, what every look at an encoder found.
SPEEDS: Final = "speeds.json"
SPENT: Final = "spent.json"
WARMED: Final = "warmup.json"
FINALS: Final = "finals.json"
LOOK: Final = "look.safetensors"
CLASSIFIER: Final = "classifier.safetensors"
CLASSIFIER_JSON: Final = "classifier.json"
# How probabilities become an answer; a classifier without it answers with one class.
DECISION: Final = "decision.json"
PREDICTIONS: Final = "predictions.safetensors"
# The same of the validation examples.
VALIDATION: Final = "validation.safetensors"
# Where there are none: what is known of training examples that were held out of a like training.
HELD_OUT: Final = "held-out.safetensors"
TARGETS: Final = "targets.npy"
TARGETS_NOTE: Final = "targets.json"
CLAIM: Final = "claim.lock"

# In the folder of such a tool: how far it was written, and by whom.
TRACKING_NOTE: Final = "written.json"
TRACKING_LOCK: Final = "writing.lock"

# In a folder of its own: which unlabeled examples were chosen, and how many of how many.
CHOSEN: Final = "chosen"
CHOSEN_ROWS: Final = "chosen.npy"
CHOSEN_NOTE: Final = "chosen.json"

# In a folder of its own: what the classifiers say of unlabeled examples, and of which.
PSEUDO: Final = "pseudo-labels"
PSEUDO_LABELS: Final = "labels.safetensors"
PSEUDO_NOTE: Final = "labels.json"


def adjustments_of_worker(index: int) -> str:
    """What the process of another device changed of the recipe to go on, by its number."""
    return f"adjustments-{index}.json"


def output_of_tracker(name: str) -> str:
    """What the process that writes for a tracker printed, by the tracker's name."""
    return f"log-{name}-output.txt"


def output_of_worker(index: int) -> str:
    """What the process of another device printed, by its number."""
    return f"worker-{index}-output.txt"
