"""The answer of a run in sentences."""

from core.readers.judgement import PRETRAINED_ONCE, Judgement, why_not_judged
from core.readers.looks import extended_in_words
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe.arms import BASE, phrase_of
from gui.words.numbers import arm_title, percent

_FEW_EXAMPLES = 500
FEW_SEEDS = 3


def plus_minus(arm: ArmScore) -> str:
    """`91.2 % (±0.8)`."""
    return f"{percent(arm.score.value)} (±{100 * arm.score.half_width:.1f})"


def signed(share: float) -> str:
    """Points with their sign: `+1.4`, `−0.8`."""  # noqa: RUF002
    return f"{100 * share:+.1f}".replace("-", "−")  # noqa: RUF001


def headline(outcome: RunOutcome) -> str:
    """The answer in one sentence, from the run's own words where nothing was compared."""
    if not outcome.arms:
        return outcome.verdict
    lead = {
        Judgement.NO_GAIN: "No gain here. ",
        Judgement.LOSS: "A loss here. ",
    }.get(outcome.judgement, "")
    pair = (outcome.subject, outcome.arms[0])
    arms = list(dict.fromkeys(arm for arm in pair if arm is not None))
    scores = ", ".join(f"{phrase_of(arm.name)}: {plus_minus(arm)}" for arm in arms)
    modality = outcome.modality
    tested = f"{outcome.num_test:,} test "
    tested += modality.example if outcome.num_test == 1 else modality.examples
    by = "on" if outcome.task.is_single else f"{outcome.task.metric.words} on"
    return f"{lead}{scores[:1].upper()}{scores[1:]}, {by} {tested}."


def advice(outcome: RunOutcome) -> str:
    """What follows from the answer, and what would make it surer."""
    difference = outcome.difference
    subject = outcome.subject
    recommended = outcome.recommended.words if outcome.recommended is not None else ""
    if difference is None or subject is None:
        return " ".join(filter(None, (_alone(outcome), outcome.chosen, outcome.harm, recommended)))
    name = _capital(phrase_of(subject.name))
    points = f"{100 * abs(difference.value):.1f} points"
    span = f"the 95 % interval of the difference is {_span(difference.low, difference.high)} points"
    if outcome.judgement is Judgement.GAIN:
        words = f"{name} gains {points}; {span}."
    elif outcome.judgement is Judgement.LOSS:
        words = f"{name} is {points} worse than {phrase_of(BASE)}; {span}."
        words += _other_gain(outcome)
    elif outcome.judgement is Judgement.NOT_JUDGED:
        why = why_not_judged(
            [len(arm.seeds) for arm in outcome.arms], is_interim=outcome.interim is not None
        )
        words = f"The difference is {signed(difference.value)} points; {span}; {why}."
    else:
        includes_zero = difference.low <= 0 <= difference.high
        why = "includes zero" if includes_zero else "is not enough for one of several arms (Holm)"
        words = (
            f"The difference of {signed(difference.value)} points may be chance: {span}, which "
            f"{why}."
        )
        words += _other_gain(outcome)
    if outcome.is_pretrained_once:
        words += f" {PRETRAINED_ONCE}"
    if outcome.extended_from:
        words += f" {extended_in_words(list(outcome.extended_from))}"
    parts = (words, outcome.chosen, outcome.harm, recommended, surer(outcome))
    return " ".join(filter(None, parts))


def surer(outcome: RunOutcome) -> str:
    """What would narrow the intervals."""
    seeds = min(len(arm.seeds) for arm in outcome.arms)
    missing = []
    if seeds < FEW_SEEDS:
        known = "1 seed was" if seeds == 1 else f"{seeds} seeds were"
        missing.append(f"more seeds ({known} used; Plan, Fine-tuning)")
    if outcome.num_test < _FEW_EXAMPLES or outcome.judgement is Judgement.NO_GAIN:
        missing.append(f"more test {outcome.modality.examples} ({outcome.num_test:,} so far)")
    return f"Surer with {' and '.join(missing)}." if missing else ""


def _alone(outcome: RunOutcome) -> str:
    if outcome.arms:
        return "There was nothing to compare with: one way to the classifier was fine-tuned only."
    if outcome.no_classifier:
        encoder = " Its encoder can be exported." if outcome.has_encoder else ""
        return (
            f"The run is complete.{encoder} To see accuracies, add labeled "
            f"{outcome.modality.examples} on the Data page and start a new run."
        )
    return (
        "The classifiers can be tried out and exported. To compare them, the run needs labeled "
        f"{outcome.modality.examples} that it does not train on: put some into a folder named "
        "test, or let the Data page hold some out."
    )


def _other_gain(outcome: RunOutcome) -> str:
    for arm in outcome.arms[1:]:
        if arm is not outcome.subject and arm.judgement is Judgement.GAIN:
            return f" {arm_title(arm.name)}, at {plus_minus(arm)}, does gain."
    return ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span(low: float, high: float) -> str:
    return f"{signed(low)} to {signed(high)}"
