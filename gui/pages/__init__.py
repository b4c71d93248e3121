"""The pages, in the order of the way. Each is imported when it is made: the first shows at once."""

from collections.abc import Callable
from dataclasses import dataclass

from gui.pages.page import Page
from gui.state.session import Session
from gui.state.watcher import RunWatcher


@dataclass(frozen=True)
class Place:
    """Where a page is, before it is made.

    Attributes:
        key: Its name in the code; of its help text as well.
        title: Its name for the user; also that of its icon.
        make: Imports and makes it.
    """

    key: str
    title: str
    icon_name: str
    make: Callable[[Session, RunWatcher], Page]


def _library(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.library.page import LibraryPage

    return LibraryPage(session, watcher)


def _data(session: Session, _: RunWatcher) -> Page:
    from gui.pages.data.page import DataPage

    return DataPage(session)


def _model(session: Session, _: RunWatcher) -> Page:
    from gui.pages.model.page import ModelPage

    return ModelPage(session)


def _plan(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.plan.page import PlanPage

    return PlanPage(session, watcher)


def _train(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.train.page import TrainPage

    return TrainPage(session, watcher)


def _results(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.results.page import ResultsPage

    return ResultsPage(session, watcher)


def _compare(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.compare.page import ComparePage

    return ComparePage(session, watcher)


def _export(session: Session, watcher: RunWatcher) -> Page:
    from gui.pages.export.page import ExportPage

    return ExportPage(session, watcher)


# The library first, then the steps.
PLACES = (
    Place("library", "Runs", "runs", _library),
    Place("data", "Data", "data", _data),
    Place("model", "Model", "model", _model),
    Place("plan", "Plan", "plan", _plan),
    Place("train", "Train", "train", _train),
    Place("results", "Results", "results", _results),
    Place("compare", "Compare", "compare", _compare),
    Place("export", "Export", "export", _export),
)
