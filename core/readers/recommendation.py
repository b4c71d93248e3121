"""Which classifier of a run is offered first: the simplest one that nothing clearly betters.

It is chosen on validation examples where there are some, else on training examples that the search
of the learning rate held out, where those are enough (`core.evaluate.recommending`), else on the
test examples, and then that is said: what was chosen by them has flattering scores on them. So it
is where fewer examples chose what the test examples speak clearly against: an answer that says "a
gain", and below it to use what has none, is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.errors import RunError
from core.language import _
from core.readers.holm import LEVEL, holm
from core.readers.judgement import Judgement, judge
from core.recipe.arms import ARM_PREFERENCE, BASE, SIMPLEST_FIRST, phrase_of
from core.recipe.modality import noun_for
from core.recipe.shares import points as shown_points
from core.recipe.tasks import SINGLE, TASKS, Task
from core.run.classifiers import classifiers_of
from core.run.files import RESULTS
from core.run.folder import RunFolder


@dataclass(frozen=True)
class Recommendation:
    """A classifier to start from.

    Attributes:
        arm: Whose; of several seeds the first.
        chosen_on: By which examples.
        num_examples: How many those are.
        words: It in a sentence, with the numbers behind it.
    """

    arm: str
    chosen_on: Literal["validation", "held out", "test", "nothing"]
    num_examples: int
    words: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in `results.json`."""
        return asdict(self)


def recommend_untested(arms: Sequence[str]) -> Recommendation | None:
    """The simplest of the classifiers where no example tells them apart; None: there is none."""
    chosen = next((arm for arm in SIMPLEST_FIRST if arm in arms), None)
    if chosen is None:
        return None
    words = _(
        "To begin with, take {arm}: there are neither validation nor test examples to choose by, "
        "and nothing is simpler."
    ).format(arm=phrase_of(chosen))
    return Recommendation(chosen, "nothing", 0, words)


def recommend_by_test(
    rows: Mapping[str, Any],
    what: str,
    task: Task = TASKS[SINGLE],
    error: float = LEVEL,
    instead: Recommendation | None = None,
) -> Recommendation | None:
    """Choose by the comparisons on the test examples; None without a classifier among them.

    It begins with the simplest one and goes on to the next simplest that is better than it by more
    than chance, as long as there is one. The differences are those of the results, of all seeds
    there are, corrected for the number of classifiers (Holm). What was trained once is not judged,
    and so not chosen.

    Args:
        rows: What was tested, by name, as in `results.json`.
        what: One example: `image` or `text`.
        task: What the classifiers are asked.
        error: How often a claim may be false, as the differences of the results have it.
        instead: What fewer other examples had chosen; None: there were none.
    """
    known = [arm for arm in SIMPLEST_FIRST if arm in rows]
    if not known:
        return None
    metric = task.metric
    chosen = known[0]
    passed: list[str] = []
    while better := _better(rows, known, chosen, error):
        passed.append(chosen)
        chosen = better[0]
    number = int(rows[chosen]["num_images"])
    own = f"{phrase_of(chosen)} ({metric.shown(rows[chosen][metric.key])})"
    tested = f"{number:,} test {noun_for(what, number)}"
    if passed:
        last = f"{phrase_of(passed[-1])} ({metric.shown(rows[passed[-1]][metric.key])})"
        why = _("it has more of the {tested} right than what is simpler, {last}, beyond chance")
        if not task.is_single:
            why = _("on {tested} it is better than what is simpler, {last}, beyond chance")
        why = why.format(tested=tested, last=last)
    else:
        # Of what was trained once nobody knows what is chance.
        beyond = _("beyond chance") if _all_judged(rows, known) else _("of what can be judged")
        why = _("nothing has more of the {tested} right {beyond}, and nothing is simpler")
        if not task.is_single:
            why = _("on {tested} nothing is better {beyond}, and nothing is simpler")
        why = why.format(tested=tested, beyond=beyond)
    words = _chosen_by_test(instead).format(
        own=own,
        why=why,
        few=instead.num_examples if instead else 0,
        other=phrase_of(instead.arm) if instead else "",
        examples=noun_for(what),
        metric=metric.words,
    )
    return Recommendation(chosen, "test", number, words)


def _chosen_by_test(instead: Recommendation | None) -> str:
    """What is said of a choice by test examples, with places, and why they chose."""
    if instead is None:
        return _(
            "To use, take {own}: {why}. There are no validation {examples}, so it was chosen by "
            "the test {examples}: its {metric} on them may be flattering."
        )
    if instead.chosen_on == "held out":
        return _(
            "To use, take {own}: {why}. The {few} training {examples} that were held out for this "
            "had chosen {other}, but the test {examples}, which are more, speak against that "
            "beyond chance, so they chose: its {metric} on them may be flattering."
        )
    return _(
        "To use, take {own}: {why}. The {few} validation {examples} had chosen {other}, but the "
        "test {examples}, which are more, speak against that beyond chance, so they chose: its "
        "{metric} on them may be flattering."
    )


def is_refuted(found: Recommendation, rows: Mapping[str, Any], error: float = LEVEL) -> bool:
    """Whether another classifier is better than this one on more test examples, beyond chance.

    Args:
        found: Chosen without the test examples.
        rows: All that was tested, as in `results.json`.
        error: How often a claim may be false.
    """
    others = [arm for arm in SIMPLEST_FIRST if arm in rows and arm != found.arm]
    is_tested = found.arm in rows and int(rows[found.arm]["num_images"]) > found.num_examples
    return is_tested and bool(_better_than(rows, others, found.arm, error))


def _better(rows: Mapping[str, Any], known: Sequence[str], chosen: str, error: float) -> list[str]:
    """Those that are less simple and better beyond chance, the simplest first."""
    return _better_than(rows, known[known.index(chosen) + 1 :], chosen, error)


def _better_than(
    rows: Mapping[str, Any], others: Sequence[str], chosen: str, error: float
) -> list[str]:
    """Which of the others are better beyond chance, all of them taken into account (Holm)."""
    found = {arm: rows[arm]["against"].get(chosen) for arm in others}
    tested = {
        arm: difference
        for arm, difference in found.items()
        if difference is not None and difference.get("is_judged", True)
    }
    adjusted = holm({arm: float(difference["p"]) for arm, difference in tested.items()})
    return [arm for arm in tested if tested[arm]["value"] > 0 and adjusted[arm] < error]


def _all_judged(rows: Mapping[str, Any], known: Sequence[str]) -> bool:
    """Whether the simplest was compared with all others in earnest."""
    found = (rows[arm]["against"].get(known[0]) for arm in known[1:])
    return all(difference is None or difference.get("is_judged", True) for difference in found)


def by_validation(
    arm: str,
    score: float,
    best: str,
    best_score: float,
    number: int,
    what: str,
    task: Task = TASKS[SINGLE],
    chosen_on: Literal["validation", "held out"] = "validation",
) -> Recommendation:
    """What was chosen on validation examples, or on training examples held out, in words.

    Args:
        arm: The chosen one.
        score: Its value of the task's first metric on those examples.
        best: The one with most of it there.
        best_score: Of that one.
        number: How many examples.
        what: One example: `image` or `text`.
        task: What the classifiers are asked.
        chosen_on: Which examples these are.
    """
    metric = task.metric
    own = _("{arm} ({score} on the validation {examples})")
    if chosen_on == "held out":
        own = _("{arm} ({score} on training {examples} that were held out for this)")
    own = own.format(arm=phrase_of(arm), score=metric.shown(score), examples=noun_for(what))
    checked = _("these {number:,}").format(number=number)
    if arm != best:
        why = _(
            "on {checked} it is within chance of the {best}, {arm}, and nothing that is so is "
            "simpler"
        )
    elif arm == SIMPLEST_FIRST[0]:
        why = _("on {checked} nothing is {better}, and nothing is simpler")
    else:
        why = _("on {checked} it is the {best}, and all that is simpler falls behind")
    other = f"{phrase_of(best)} ({metric.shown(best_score)})"
    why = why.format(checked=checked, best=task.best, better=task.better, arm=other)
    words = _("To use, take {own}: {why}.").format(own=own, why=why)
    return Recommendation(arm, chosen_on, number, words)


def with_test(found: Recommendation, rows: Mapping[str, Any], what: str) -> Recommendation:
    """The same, and what the test says where it speaks clearly against it.

    Args:
        found: Chosen without the test examples, which change nothing about it.
        rows: All that was tested, as in `results.json`.
        what: One example: `image` or `text`.
    """
    against = rows.get(found.arm, {}).get("against", {}).get(BASE)
    if found.chosen_on == "test" or judge(against) is not Judgement.LOSS:
        return found
    words = _(
        "The test {examples} speak against it: there it is {points} points below {base}, beyond "
        "chance. Too few {examples} chose."
    ).format(
        examples=noun_for(what),
        points=shown_points(against["value"]),
        base=phrase_of(BASE),
    )
    return replace(found, words=f"{found.words} {words}")


def read_recommendation(values: Mapping[str, Any]) -> Recommendation | None:
    """The recommendation of `results.json`; None while there is none.

    Results of older versions have none: theirs is the most fitted arm that gains, else the base.
    """
    if "recommended" in values:
        found = values["recommended"]
        return None if found is None else Recommendation(**found)
    arms = values.get("arms", {})
    if BASE not in arms or values.get("interim"):
        return None
    gains = [
        arm
        for arm in ARM_PREFERENCE
        if arm in arms and judge(arms[arm]["against"].get(BASE)) is Judgement.GAIN
    ]
    chosen = gains[0] if gains else BASE
    return Recommendation(chosen, "test", int(arms[chosen]["num_images"]), "")


def recommended_arm(run: RunFolder) -> str | None:
    """The arm that a run recommends; None when it does not (yet), or its results are damaged."""
    try:
        found = read_recommendation(run.read_json(RESULTS))
    except (RunError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return found.arm if found is not None else None


def chosen_classifier(run: RunFolder, arm: str | None) -> tuple[str, Path] | None:
    """The arm and folder of a classifier, of several seeds the first; None when it is not there.

    Args:
        run: The run.
        arm: Whose classifier; by default the recommended one, before there is one the simplest.
    """
    found: dict[str, Path] = {}
    for (name, _seed), folder in classifiers_of(run).items():
        found.setdefault(name, folder)
    wanted = [arm] if arm is not None else [recommended_arm(run), *SIMPLEST_FIRST]
    return next(
        ((name, found[name]) for name in wanted if name is not None and name in found), None
    )


def which_one(run: RunFolder, arm: str) -> str:
    """Which classifier this is, in words, and whether it is the recommended one."""
    own, recommended = phrase_of(arm), recommended_arm(run)
    if recommended is None:
        return _("This is {arm}.").format(arm=own)
    if recommended == arm:
        return _("This is {arm}, which the run recommends.").format(arm=own)
    words = _("This is {arm}; the run recommends {other}.")
    return words.format(arm=own, other=phrase_of(recommended))
