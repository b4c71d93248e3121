"""The pages, in the order of the way."""

from core.language import _
from gui.pages.page import PageEntry

# The library first, then the steps.
PLACES = (
    PageEntry("library", _("Runs"), "runs"),
    PageEntry("data", _("Data"), "data"),
    PageEntry("model", _("Model"), "model"),
    PageEntry("plan", _("Plan"), "plan"),
    PageEntry("train", _("Train"), "train"),
    PageEntry("results", _("Results"), "results"),
    PageEntry("compare", _("Compare"), "compare"),
    PageEntry("export", _("Export"), "export"),
)
