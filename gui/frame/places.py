"""The pages, in the order of the way."""

from core.language import _
from gui.pages.page import Place

# The library first, then the steps.
PLACES = (
    Place("library", _("Runs"), "runs"),
    Place("data", _("Data"), "data"),
    Place("model", _("Model"), "model"),
    Place("plan", _("Plan"), "plan"),
    Place("train", _("Train"), "train"),
    Place("results", _("Results"), "results"),
    Place("compare", _("Compare"), "compare"),
    Place("export", _("Export"), "export"),
)
