"""The arms: which of them is the result of a run, and what they are called."""

# What a user means by "the result" is the first of these that a run has.
MOST_FITTED = (
    *("distilled", "further", "teacher-initial", "distill-only", "longer-further"),
    *("l2sp", "r3f", "mars", "recadam", "base"),
)

# Within a sentence.
ARM_PHRASES = {
    "base": "fine-tuning alone",
    "further": "further pre-training",
    "distilled": "self-distillation",
    "recadam": "RecAdam",
    "mars": "MARS",
    "r3f": "R3F",
    "l2sp": "L2-SP",
    "distill-only": "distillation without the masked loss",
    "teacher-initial": "distillation from the initial weights",
    "longer-further": "longer further pre-training",
}
# In a table or a list.
ARM_TITLES = {
    "base": "fine-tuning alone",
    "further": "further pre-trained",
    "distilled": "self-distilled",
    "recadam": "RecAdam",
    "mars": "MARS",
    "r3f": "R3F",
    "l2sp": "L2-SP",
    "distill-only": "distilled, no masked loss",
    "teacher-initial": "distilled from initial weights",
    "longer-further": "further pre-trained, longer",
}
# What an arm is, for whoever chooses: one line each.
ARM_SENTENCES = {
    "base": "Always: the pretrained model as it is, which the others are measured against.",
    "further": "Goes on pre-training on your unlabeled data first.",
    "distilled": "Further pre-trained, then distilled into itself: the method of the paper.",
    "recadam": "Pulled back to its pretrained weights, less and less (Chen et al. 2020).",
    "mars": "Held within a distance of its pretrained weights (Gouk et al. 2021).",
    "r3f": "Steady under small noise; takes twice the time (Aghajanyan et al. 2021).",
    "l2sp": "Pulled back to its pretrained weights throughout (Li et al. 2018).",
    "distill-only": "Does self-distillation need the masked loss?",
    "teacher-initial": "Does it need a teacher that was further pre-trained?",
    "longer-further": "Or is it only the time? Further pre-training for as long.",
}
