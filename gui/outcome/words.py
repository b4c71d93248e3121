"""The answer of a run in sentences."""

from core.language import _, ngettext
from core.language.again import again
from core.readers.judgement import (
    FROZEN_OF_FIRST,
    PRETRAINED_ONCE,
    Judgement,
    why_not_judged,
)
from core.readers.lead import in_words
from core.readers.looks import extended_in_words
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe import shares
from core.recipe.arms import ARMS, BASE, phrase_of
from gui.words.numbers import arm_title, percent
from gui.words.sentences import all_of

_FEW_EXAMPLES = 500
FEW_SEEDS = 3


def plus_minus(arm: ArmScore) -> str:
    """`91.2 % (±0.8)`; of R² far below nothing, or not known at all, only that."""
    if arm.score.value < shares.LEAST or arm.score.half_width > -shares.LEAST:
        return percent(arm.score.value)
    return f"{percent(arm.score.value)} (±{shares.points(arm.score.half_width)})"


def _in_full(arm: ArmScore) -> str:
    """The same in a sentence: that R² is far below nothing tells few what it means."""
    is_told = arm.score.value >= shares.LEAST
    return plus_minus(arm) if is_told else _("worse than always saying the mean")


def signed(share: float) -> str:
    """Points with their sign: `+1.4`, `−0.8`."""  # noqa: RUF002
    return shares.signed(share).replace("-", "−")  # noqa: RUF001


def headline(outcome: RunOutcome) -> str:
    """The answer in one sentence, from the run's own words where nothing was compared."""
    if not outcome.arms:
        return outcome.verdict
    said = in_words(outcome.lead)
    lead = _("{lead}. ").format(lead=said) if said else ""
    pair = (outcome.subject, outcome.arms[0])
    arms = list(dict.fromkeys(arm for arm in pair if arm is not None))
    scores = ", ".join(f"{phrase_of(arm.name)}: {_in_full(arm)}" for arm in arms)
    modality = outcome.modality
    tested = ngettext("{number:,} test {example}", "{number:,} test {examples}", outcome.num_test)
    tested = modality.words(tested, number=outcome.num_test)
    scores = scores[:1].upper() + scores[1:]
    if not outcome.task.is_single:
        by = _("{scores}, {metric} on {tested}.")
        return lead + by.format(scores=scores, metric=outcome.task.metric.words, tested=tested)
    return lead + _("{scores}, on {tested}.").format(scores=scores, tested=tested)


def advice(outcome: RunOutcome) -> str:
    """What to use, what speaks for it, what would make it surer: a paragraph each."""
    difference = outcome.difference
    subject = outcome.subject
    recommended = again(outcome.recommended.words) if outcome.recommended is not None else ""
    if difference is None or subject is None:
        about = _joined(_alone(outcome), again(outcome.chosen), again(outcome.harm))
        return "\n\n".join(filter(None, (recommended, about)))
    name = _capital(phrase_of(subject.name))
    points = _("{number} points").format(number=shares.points(difference.value))
    span = _("the {level} interval of the difference is {span} points").format(
        level=difference.level, span=_span(difference.low, difference.high)
    )
    if outcome.judgement is Judgement.GAIN:
        words = _("{name} gains {points}; {span}.").format(name=name, points=points, span=span)
    elif outcome.judgement is Judgement.LOSS:
        words = _("{name} is {points} worse than {arm}; {span}.").format(
            name=name, points=points, arm=phrase_of(BASE), span=span
        )
        words += _other_gain(outcome)
    elif outcome.judgement is Judgement.NOT_JUDGED:
        why = why_not_judged(
            [len(arm.seeds) for arm in outcome.arms], is_interim=outcome.interim is not None
        )
        words = _("The difference is {points} points; {span}; {why}.").format(
            points=signed(difference.value), span=span, why=why
        )
    else:
        includes_zero = difference.low <= 0 <= difference.high
        chance = (
            _("The difference of {points} points may be chance: {span}, which includes zero.")
            if includes_zero
            else _(
                "The difference of {points} points may be chance: {span}, which is not enough for "
                "one of several arms (Holm)."
            )
        )
        words = chance.format(points=signed(difference.value), span=span)
        words += _other_gain(outcome)
    if outcome.is_pretrained_once:
        words += f" {PRETRAINED_ONCE}"
    if outcome.is_frozen_of_first:
        words += f" {FROZEN_OF_FIRST}"
    if outcome.extended_from:
        words += f" {extended_in_words(list(outcome.extended_from))}"
    about = _joined(words, again(outcome.chosen), again(outcome.harm))
    return "\n\n".join(filter(None, (recommended, about, surer(outcome))))


def surer(outcome: RunOutcome) -> str:
    """What would narrow the intervals."""
    # What all seeds were averaged to is one model, however many there were.
    trained = [arm for arm in outcome.arms if not _is_one_of_all(arm.name)]
    seeds = min(len(arm.seeds) for arm in trained or outcome.arms)
    missing = []
    if seeds < FEW_SEEDS:
        more = ngettext(
            "more seeds ({number} seed was used; Plan, Fine-tuning)",
            "more seeds ({number} seeds were used; Plan, Fine-tuning)",
            seeds,
        )
        missing.append(more.format(number=seeds))
    if outcome.num_test < _FEW_EXAMPLES or outcome.judgement is Judgement.NO_GAIN:
        missing.append(
            outcome.modality.words(
                _("more test {examples} ({number:,} so far)"), number=outcome.num_test
            )
        )
    return _("Surer with {missing}.").format(missing=all_of(missing)) if missing else ""


def _is_one_of_all(arm: str) -> bool:
    return arm in ARMS and ARMS[arm].average == "seeds"


def _alone(outcome: RunOutcome) -> str:
    if outcome.arms:
        return _(
            "There was nothing to compare with: one way to the classifier was fine-tuned only."
        )
    if outcome.no_classifier:
        encoder = _(" Its encoder can be exported.") if outcome.has_encoder else ""
        return _(
            "The run is complete.{encoder} To see accuracies, add labeled "
            "{examples} on the Data page and start a new run."
        ).format(encoder=encoder, examples=outcome.modality.examples)
    return _(
        "The classifiers can be tried out and exported. To compare them, the run needs labeled "
        "{examples} that it does not train on: put some into a folder named "
        "test, or let the Data page hold some out."
    ).format(examples=outcome.modality.examples)


def _other_gain(outcome: RunOutcome) -> str:
    for arm in outcome.arms[1:]:
        if arm is not outcome.subject and arm.judgement is Judgement.GAIN:
            return _(" {arm}, at {score}, does gain.").format(
                arm=arm_title(arm.name), score=plus_minus(arm)
            )
    return ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span(low: float, high: float) -> str:
    return _("{low} to {high}").format(low=signed(low), high=signed(high))
