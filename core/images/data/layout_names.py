"""Names of folders, tables and values that say which split images are of."""

from typing import Final

SPLIT_ORDER: Final = ("train", "val", "test")
SPLIT_NAMES: Final = {
    **dict.fromkeys(("train", "training", "trainset", "train_set"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "val_set"), "val"),
    **dict.fromkeys(("test", "testing", "testset", "test_set", "eval", "evaluation"), "test"),
}
UNLABELED_NAMES: Final = frozenset({"unlabeled", "unlabelled", "unsup", "unsupervised"})
