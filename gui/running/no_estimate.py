"""Why nothing can be said of how long a plan takes."""

from core.language import _
from gui.state.session import Session
from gui.state.watcher import RunWatcher


def why_no_estimate(session: Session, watcher: RunWatcher) -> str:
    """Why nothing can be said of how long the plan takes; empty while it is measured."""
    if watcher.is_training:
        return _("A run is training: this machine can't be measured meanwhile.")
    if session.findings is not None:
        return ""
    if session.draft.data.unlabeled or session.draft.data.labeled:
        return _("The Data page has to read the data first.")
    return _("Choose data first.")
