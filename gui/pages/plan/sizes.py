"""How many examples a plan is for, and what that makes doubtful."""

from core.recipe.doubts import doubts_about
from gui.state.session import Session


def sizes_of(session: Session) -> tuple[int, int]:
    """Examples to pre-train on and labeled ones; none before there are data."""
    findings, with_test = session.findings, session.draft.data.pretrain_on_test
    return (0, 0) if findings is None else findings.counts(with_test=with_test)


def doubts_of(session: Session) -> tuple[str, ...]:
    """What speaks against the draft with its data, in words."""
    findings, recipe = session.findings, session.draft
    num_unlabeled, num_labeled = sizes_of(session)
    chosen = round(recipe.data.choose_unlabeled * num_unlabeled) if num_labeled else None
    number = num_unlabeled if chosen is None else chosen
    return doubts_about(recipe, number, num_labeled, findings.task if findings else None)
