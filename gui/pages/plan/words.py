"""What stands in the place of an estimate."""

from core.language import _
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.words.numbers import duration


def what_it_took(session: Session, watcher: RunWatcher) -> str:
    """Of the open run: an estimate of what is done tells nothing."""
    if watcher.is_training:
        return _("This run is training: Train shows how far it is.")
    if session.run is None or not session.run.is_answered():
        return _("This run was begun with this plan: Train shows how far it is.")
    spent = watcher.history.took_s
    return (
        _("This run took {time}.").format(time=duration(spent))
        if spent
        else _("This run is finished.")
    )
