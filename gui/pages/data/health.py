"""The health report: what is wrong with the data, file by file, and where each file is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.data.read_me import READ_ME
from core.language import _, ngettext
from core.language.again import again
from core.recipe.modality import AUTO, Modality, modality_named
from core.recipe.tasks import Task
from gui.pages.data.classes import total_of
from gui.state.findings import Findings
from gui.theme import icon, theme
from gui.widgets.basics import button, column, label, row
from gui.widgets.opening import open_outside
from gui.widgets.plain import plain

_FILE = Qt.ItemDataRole.UserRole
# With more than that between the largest and the smallest class, accuracy alone misleads.
SKEWED = 3.0
# Kinds of pairs that leaks and copies tell of.
_OWN_LINES = {"splits", "labels", "unlabeled"}


class HealthReport(QWidget):
    """A tree: what was found, below it the files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), 0, 0)
        self._verdict = label("")
        layout.addWidget(self._verdict)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(_("Health report"))
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([_("What was found"), _("Why, where")])
        self.tree.setUniformRowHeights(True)
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.tree.setTabKeyNavigation(False)
        self.tree.itemActivated.connect(lambda *_: self._show_in_folder())
        self.tree.currentItemChanged.connect(lambda *_: self._refresh())
        layout.addWidget(self.tree, 1)
        line = row()
        self._show = button(_("&Show in folder"), self._show_in_folder, icon_name="folder")
        self._copy = button(_("&Copy the list"), self._copy_list, icon_name="copy")
        line.addWidget(self._show)
        line.addWidget(self._copy)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addStretch(0)
        self.num_problems = self._num_yours = 0
        self._modality: Modality = modality_named(AUTO)
        self._refresh()

    def show_findings(self, findings: Findings) -> None:
        """Show the report of a scan."""
        self.tree.clear()
        self.num_problems = self._num_yours = 0
        summary = findings.summary
        self._modality = findings.modality
        self._quarantined(summary)
        self._leaks(summary)
        self._pairs(summary)
        self._duplicates(summary)
        self._skew(summary["classes"], findings.task)
        self._passed_over(summary["passed_over"])
        self._verdict.setText(self._modality.words(self._verdict_words()))
        self._refresh()

    def _verdict_words(self) -> str:
        """What is up to the user first: it is not to be missed for what training does itself."""
        if not self.num_problems:
            return _("Nothing is wrong with these {examples}.")
        if not self._num_yours:
            return _("Training handles all of this by itself.")
        words = ngettext(
            "One finding needs your decision.",
            "{number} findings need your decision.",
            self._num_yours,
        ).format(number=self._num_yours)
        rest = self.num_problems - self._num_yours
        return words + (_(" Training handles the rest by itself.") if rest else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was found has most of the width."""
        super().resizeEvent(event)
        self.tree.header().setMaximumSectionSize(max(100, self.width() * 2 // 3))

    def _quarantined(self, summary: dict[str, Any]) -> None:
        files = summary["quarantined"]
        children = [(bad["path"], again(bad["reason"]), bad["file"]) for bad in files]
        self._section(
            summary["num_quarantined"],
            (_("can't be used and is left out"), _("can't be used and are left out")),
            self._modality.words(self._modality.unusable),
            children,
        )

    def _leaks(self, summary: dict[str, Any]) -> None:
        pairs = [pair for pair in summary["pairs"] if pair["kind"] == "splits"]
        is_left_out = bool(pairs) and all(pair.get("left_out") for pair in pairs)
        for kind, words, why in (
            (
                "splits",
                (_("is in more than one split"), _("are in more than one split")),
                _("training leaves it out")
                if is_left_out
                else _("it flatters the test score: see Pairs"),
            ),
            (
                "labels",
                (_("has two different labels"), _("have two different labels")),
                _("one of the labels is wrong: see Pairs"),
            ),
        ):
            found = [leak for leak in summary["leaks"] if leak["kind"] == kind]
            children = [
                (" = ".join(leak["paths"]), ", ".join(leak["where"]), _file(summary, leak["paths"]))
                for leak in found
            ]
            is_yours = not (kind == "splits" and is_left_out)
            self._section(
                len(found), words, why, children, noun=self._modality.example, is_yours=is_yours
            )

    def _pairs(self, summary: dict[str, Any]) -> None:
        """What is alike in other ways than leaks and copies, which have lines of their own."""
        pairs = [pair for pair in summary["pairs"] if pair["kind"] not in _OWN_LINES]
        children = [
            (pair["sides"][0]["name"], f"= {pair['sides'][1]['name']}", pair["sides"][1]["file"])
            for pair in pairs
        ]
        is_handled = all(pair.get("left_out") for pair in pairs)
        self._section(
            len(pairs),
            (self._modality.words(_("of {examples} that are alike")),) * 2,
            _("training leaves out one of the two")
            if is_handled
            else _("look at them under Pairs"),
            children,
            noun="pair",
            tone="info" if is_handled else "warn",
            is_yours=not is_handled,
        )

    def _duplicates(self, summary: dict[str, Any]) -> None:
        children = [
            (group[0], f"= {', '.join(group[1:])}", _file(summary, group))
            for group in summary["duplicates"]
        ]
        self._section(
            summary["num_duplicates"],
            (_("is a copy of another"), _("are copies of others")),
            self._modality.words(_("pre-training sees each {example} once")),
            children,
            tone="info",
        )

    def _skew(self, classes: list[dict[str, Any]], task: Task) -> None:
        counts = {entry["name"]: total_of(entry) for entry in classes}
        if (
            task.is_number
            or len(counts) < 2
            or max(counts.values()) <= SKEWED * max(1, min(counts.values()))
        ):
            return
        # What gives each class the same weight.
        look_at = "macro-F1" if task.is_multi else _("balanced accuracy")
        most, fewest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
        self._add_top(
            _("Classes differ in size: {largest:,} of {most}, {smallest:,} of {fewest}").format(
                largest=counts[most], most=most, smallest=counts[fewest], fewest=fewest
            ),
            _("look at {what}, or balance the classes under Decisions").format(what=look_at),
            "warn",
            is_yours=True,
        )

    def _passed_over(self, passed_over: dict[str, int]) -> None:
        # That there is a read-me is no finding.
        told = {reason: count for reason, count in passed_over.items() if reason != READ_ME}
        total = sum(told.values())
        children = [(f"{count:,}", again(reason), "") for reason, count in told.items()]
        self._section(
            total,
            (_("passed over"),) * 2,
            self._modality.words(_("hidden, empty or no {example}")),
            children,
            tone="info",
        )

    def _section(
        self,
        count: int,
        words: tuple[str, str],
        why: str,
        children: Iterable[tuple[str, str, str]],
        *,
        noun: str = "",
        tone: str = "warn",
        is_yours: bool = False,
    ) -> None:
        if not count:
            return
        text = f"{self._counted(count, noun)} {words[count > 1]}"
        top = self._add_top(text, why, tone, is_yours=is_yours)
        items = []
        for name, reason, file in children:
            item = QTreeWidgetItem([name, reason])
            item.setData(0, _FILE, file)
            item.setToolTip(0, plain(file or name))
            item.setToolTip(1, plain(reason))
            items.append(item)
        top.addChildren(items)
        if len(items) < count and not noun and tone == "warn":
            top.addChild(
                QTreeWidgetItem([_("… and {number:,} more").format(number=count - len(items)), ""])
            )

    def _counted(self, count: int, noun: str) -> str:
        match noun or self._modality.copied:
            case "pair":
                words = ngettext("{number:,} pair", "{number:,} pairs", count)
            case "file":
                words = ngettext("{number:,} file", "{number:,} files", count)
            case _:
                return self._modality.counted(count)
        return words.format(number=count)

    def _add_top(
        self, text: str, why: str, tone: str, *, is_yours: bool = False
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text, why])
        item.setIcon(
            0, icon("attention" if tone == "warn" else "info", tone if tone == "warn" else "text")
        )
        self.tree.addTopLevelItem(item)
        self.num_problems += tone == "warn"
        self._num_yours += is_yours
        return item

    def _current_file(self) -> Path | None:
        item = self.tree.currentItem()
        text = item.data(0, _FILE) if item is not None else None
        return Path(text) if isinstance(text, str) and text else None

    def _show_in_folder(self) -> None:
        file = self._current_file()
        if file is not None:
            open_outside(self, file.parent)

    def _copy_list(self) -> None:
        lines = []
        for index in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(index)
            assert top is not None
            lines.append(f"{top.text(0)}: {top.text(1)}")
            for number in range(top.childCount()):
                child = top.child(number)
                assert child is not None
                lines.append(f"  {child.text(0)}\t{child.text(1)}")
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _refresh(self) -> None:
        has_any = self.tree.topLevelItemCount() > 0
        # An empty table says nothing that the sentence above does not.
        for part in (self.tree, self._show, self._copy):
            part.setVisible(has_any)
        self._show.setEnabled(self._current_file() is not None)


def _file(summary: dict[str, Any], paths: list[str]) -> str:
    """The first of some displayed paths as a file; with several roots they are absolute already."""
    roots = summary["roots"]
    return str(Path(roots[0], paths[0])) if len(roots) == 1 else paths[0]
