"""Words for splits in names: a name is a split only where it can be one."""

import pytest

from core.data.splits import roles_of, split_of_file


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["train", "valid", "test"], ["train", "val", "test"]),
        (["Training Data", "Testing Data"], ["train", "test"]),
        (["seg_train", "seg_test", "seg_pred"], ["train", "test", "unlabeled"]),
        (["training_set", "test_set"], ["train", "test"]),
        (["train_images", "test_images"], ["train", "test"]),
        (["TrainImages", "testImages"], ["train", "test"]),
        (["traindata", "testdata"], ["train", "test"]),
        (["train2017", "val2017", "test2017"], ["train", "val", "test"]),
        (["20news-bydate-train", "20news-bydate-test"], ["train", "test"]),
        (["train_v1", "test_final"], ["train", "test"]),
        (["train", "eval"], ["train", "test"]),
        (["train", "eval", "test"], ["train", "val", "test"]),
        (["train", "extra", "test"], ["train", "unlabeled", "test"]),
        (["neg", "pos", "unsup"], [None, None, "unlabeled"]),
        (["cats", "pred"], [None, None]),
        (["bullet_train", "bus", "car"], [None, None, None]),
        (["steam_train", "bullet_train"], [None, None]),
        (["test_tube", "flask"], [None, None]),
        (["trainers", "contest", "latest", "devices", "values"], [None] * 5),
        (["train_test", "other"], [None, None]),
        (["训练集", "验证集", "测试集"], ["train", "val", "test"]),
        (["学習用データ", "テストデータ"], ["train", "test"]),
        (["Trainingsdaten", "Validierungsdaten", "Testdaten"], ["train", "val", "test"]),
        (["données d'entraînement", "données de test"], ["train", "test"]),
        (["entrenamiento", "validación", "prueba"], ["train", "val", "test"]),
        (["entraînement", "validation", "essai"], ["train", "val", "test"]),
        (["eğitim", "doğrulama", "test"], ["train", "val", "test"]),
        (["dane treningowe", "walidacja", "testowe"], ["train", "val", "test"]),
        (["tested", "latest", "bras"], [None, None, None]),
    ],
)
def test_that_names_are_splits_only_where_they_can_be(names, roles) -> None:
    found = roles_of(names)
    assert [found.get(name) for name in names] == roles


@pytest.mark.parametrize(
    ("name", "beside", "split"),
    [
        ("train-00000-of-00001.parquet", [], "train"),
        ("reviews_test.csv", ["reviews_train.csv"], "test"),
        ("reviews_test.csv", ["reviews.csv"], "test"),
        ("twitter_validation.csv", ["twitter_training.csv"], "val"),
        ("eval.csv", ["train.csv"], "test"),
        ("testing.csv.gz", ["training.csv.gz"], "test"),
        ("imdb_test.csv", ["amazon_train.csv"], "test"),
        ("crash_test.csv", ["roads.csv"], None),
        ("metadata.csv", [], None),
    ],
)
def test_that_files_tell_their_split(name, beside, split) -> None:
    assert split_of_file(name, beside) == split
