"""Where a classifier is good and where it is not: one bar a class."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import _
from core.readers.outcome import ClassScore, SeedScore
from core.recipe.modality import AUTO, Modality, modality_named
from gui.outcome.table import Bar, Row, TextTable
from gui.outcome.words import signed
from gui.theme import theme
from gui.widgets.basics import column, label, row
from gui.words.numbers import percent

_COLUMNS = (_("Class"), _("Test {examples}"), _("Right"), _("Accuracy"), _("Precision"), "F1")
_OF_LABELS = (
    *(
        _("Label"),
        _("Test {examples}"),
        _("Threshold"),
        _("Average precision"),
        "F1",
        _("Precision"),
        _("Recall"),
    ),
)
_AGAINST = _("Against fine-tuning alone")
_ORDERS = (
    _("Lowest accuracy first"),
    _("Highest accuracy first"),
    _("Most {examples} first"),
    _("By name"),
)

_ORDERS_OF_LABELS = (
    _("Lowest average precision first"),
    _("Highest average precision first"),
    *_ORDERS[2:],
)

_HINT = _(
    "Accuracy: how many {examples} of the class were recognised. Enter on a class shows its "
    "mistakes."
)
_HINT_OF_LABELS = _(
    "Average precision: how well the label ranks the {examples}. It is said from its threshold on, "
    "which was chosen on validation {examples} where there are some."
)


class PerClass(QWidget):
    """A table of classes whose accuracy is a bar; of several labels their average precision.

    Signals:
        wanted: Index of a class whose mistakes are to be seen.
    """

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed: SeedScore | None = None
        self._base: SeedScore | None = None
        self._shown: list[int] = []
        self._modality = modality_named(AUTO)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(3), 0, 0)
        line = row()
        self.order = QComboBox()
        self.order.addItems(self._words(_ORDERS))
        self.order.setAccessibleName(_("Order of the classes"))
        self.order.activated.connect(lambda _: self._show())
        line.addWidget(self.order)
        self._hint = label("", "muted")
        line.addWidget(self._hint, 1)
        layout.addLayout(line)
        self.table = TextTable(_("Accuracy of each class"), self._words(_COLUMNS), stretched=3)
        self.table.activated.connect(self._on_activated)
        layout.addWidget(self.table, 1)
        self.show_modality(self._modality)

    def second_table(self) -> TextTable:
        """The same table, to be shown elsewhere as well."""
        name, texts = self.table.accessibleName(), self.table.texts
        made = TextTable(name, (), stretched=3, texts=texts)
        made.activated.connect(self._on_activated)
        return made

    def show_modality(self, modality: Modality) -> None:
        """Speak of other examples."""
        self._modality = modality
        has_several = self._seed is not None and self._seed.matrix is None
        self._hint.setText(modality.words(_HINT_OF_LABELS if has_several else _HINT))
        orders = _ORDERS_OF_LABELS if has_several else _ORDERS
        for index, words in enumerate(self._words(orders)):
            self.order.setItemText(index, words)

    def _words(self, templates: Sequence[str]) -> list[str]:
        return [self._modality.words(template) for template in templates]

    def show_seed(self, seed: SeedScore, base: SeedScore | None) -> None:
        """Show another classifier, beside the plain one when it is another."""
        self._seed, self._base = seed, base if base is not seed else None
        self.show_modality(self._modality)
        self._show()

    def _show(self) -> None:
        if self._seed is None:
            return
        scores = self._seed.per_class
        keys = (
            lambda i: (_goodness(scores[i]), i),
            lambda i: (-_goodness(scores[i], -1.0), i),
            lambda i: (-scores[i].num_images, i),
            lambda i: (scores[i].name.casefold(), i),
        )
        self._shown = sorted(range(len(scores)), key=keys[self.order.currentIndex()])
        own = _COLUMNS if self._seed.matrix is not None else _OF_LABELS
        names = own if self._base is None else (*own, _AGAINST)
        rows = [self._row(index) for index in self._shown]
        self.table.texts.show_rows(rows, self._words(names))

    def _row(self, index: int) -> Row:
        assert self._seed is not None
        score = self._seed.per_class[index]
        if self._seed.matrix is None:
            return self._row_of_label(index)
        right = int(self._seed.matrix[index, index])
        cells = (
            score.name,
            f"{score.num_images:,}",
            f"{right:,}",
            Bar(_share(score.recall), score.recall),
            _share(score.precision),
            _share(score.f1),
        )
        if self._base is None:
            return cells
        return (*cells, _change(score, self._base.per_class[index]))

    def _row_of_label(self, index: int) -> Row:
        assert self._seed is not None
        score = self._seed.per_class[index]
        cells = (
            score.name,
            f"{score.num_images:,}",
            _share(score.threshold),
            Bar(_share(score.average_precision), score.average_precision),
            _share(score.f1),
            _share(score.precision),
            _share(score.recall),
        )
        if self._base is None:
            return cells
        return (*cells, _change(score, self._base.per_class[index]))

    def _on_activated(self, index: QModelIndex) -> None:
        assert self._seed is not None
        if self._seed.matrix is None:
            return  # of several labels there is no single mistake to show
        self.wanted.emit(self._shown[index.row()])


def _value(score: ClassScore) -> float | None:
    return score.recall if score.threshold is None else score.average_precision


def _goodness(score: ClassScore, unknown: float = 2.0) -> float:
    value = _value(score)
    return unknown if value is None else value


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value)  # noqa: RUF001


def _change(score: ClassScore, base: ClassScore) -> str:
    own, other = _value(score), _value(base)
    if own is None or other is None:
        return "–"  # noqa: RUF001
    return _("{points} points").format(points=signed(own - other))
