"""Which objective suits the chosen model; where the plan's may do harm, one click puts it right."""

from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from core.planning.suited import advice_on_objective
from core.recipe.modality import AUTO
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import button, column, flowing, row, set_role


class ObjectiveLine(QFrame):
    """Words, muted while all is well; else a notice with a button.

    It shows itself at once: without a parent it would be a window, and take the keys from ours.

    Args:
        session: Its draft is looked at.
        parent: See above.
        only_doubts: Say nothing while all is well; another page says it.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, only_doubts: bool = False
    ) -> None:
        super().__init__(parent)
        self._only_doubts = only_doubts
        self._session = session
        self.setAccessibleName(_("Objective of pre-training"))
        self.words = flowing("", "muted")
        self.use_auto = button(_("Use what suits the model"), self._use_auto, icon_name="tick")
        self.use_auto.setAccessibleDescription(_("Sets pretrain.objective to auto; can be undone."))
        self._inside = inside = column(self, gap=1)
        inside.addWidget(self.words)
        line = row(gap=1)
        line.addWidget(self.use_auto)
        line.addStretch(1)
        inside.addLayout(line)
        session.draft_changed.connect(self.show_draft)
        session.model_known.connect(self.show_draft)
        self.show_draft()

    def show_draft(self) -> None:
        """Show what there is to say of the draft."""
        draft = self._session.draft
        found = advice_on_objective(draft, self._session.family)
        is_needed = bool(found.doubt) or not self._only_doubts
        self.setVisible(bool(draft.pretrain.steps) and is_needed)
        self.words.setText(found.doubt or found.words)
        set_role(self.words, "" if found.doubt else "muted")
        set_role(self, "notice" if found.doubt else "")
        set_role(self, "warn" if found.doubt else "", "tone")
        margin = theme().space(2) if found.doubt else 0
        self._inside.setContentsMargins(margin, margin, margin, margin)
        self.use_auto.setVisible(bool(found.doubt) and draft.pretrain.objective != AUTO)

    def _use_auto(self) -> None:
        self._session.change(_("Objective that suits the model"), pretrain={"objective": AUTO})
