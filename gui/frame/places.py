"""The pages, in the order of the way."""

from gui.pages.page import Place

# The library first, then the steps.
PLACES = (
    Place("library", "Runs", "runs"),
    Place("data", "Data", "data"),
    Place("model", "Model", "model"),
    Place("plan", "Plan", "plan"),
    Place("train", "Train", "train"),
    Place("results", "Results", "results"),
    Place("compare", "Compare", "compare"),
    Place("export", "Export", "export"),
)
