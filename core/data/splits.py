"""Words for splits in names of folders, files and columns: one vocabulary for all modalities."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["train", "val", "test", "unlabeled"]

SPLIT_ORDER: Final = ("train", "val", "test")
SPLIT_NAMES: Final = {
    **dict.fromkeys(("train", "training", "trainset", "train_set", "trn", "trainval"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "devel", "val_set"), "val"),
    **dict.fromkeys(("test", "testing", "testset", "test_set", "tst"), "test"),
    **dict.fromkeys(("eval", "evaluation"), "test"),
    # As people call them who write their folders in other languages.
    **dict.fromkeys(
        (
            *("trainings", "entrainement", "entraînement", "apprentissage", "entrenamiento"),
            *("eğitim", "egitim", "trening", "treningowy", "treningowe", "навчання", "تدريب"),
            *("treino", "treinamento", "addestramento", "обучение", "тренировка"),
            *("训练", "訓練", "学习", "学習", "學習", "学習用", "訓練用", "훈련", "학습"),
        ),
        "train",
    ),
    **dict.fromkeys(
        (
            *("validierung", "validierungs", "validación", "validacion", "validação", "validacao"),
            *("doğrulama", "dogrulama", "walidacja", "walidacyjny", "walidacyjne", "validatie"),
            *("convalida", "валидация", "验证", "驗證", "検証", "検証用", "검증"),
        ),
        "val",
    ),
    **dict.fromkeys(
        (
            *("essai", "essais", "testowy", "testowe", "اختبار"),
            *("prueba", "pruebas", "teste", "тест", "测试", "測試", "テスト", "テスト用"),
            *("評価", "評価用", "评估", "테스트", "평가"),
        ),
        "test",
    ),
}
UNLABELED_NAMES: Final = frozenset({"unlabeled", "unlabelled", "unsup", "unsupervised"})
# Unlabeled too, but only beside splits: they may as well be classes.
_UNLABELED_BESIDE_SPLITS: Final = frozenset(
    {"pred", "predict", "prediction", "predictions", "inference", "extra"}
)
_UNLABELED_WORDS: Final = UNLABELED_NAMES | _UNLABELED_BESIDE_SPLITS
# What may stand beside a split's word without making it another name.
_FILLERS: Final = frozenset(
    {"set", "sets", "data", "dataset", "split", "part", "folder", "files", "of", "the", "full"}
    | {"image", "images", "imgs", "img", "picture", "pictures", "pics", "photos", "jpg", "jpeg"}
    | {"png", "text", "texts", "docs", "documents", "examples", "samples", "labeled", "labelled"}
    | {"daten", "bilder", "texte", "satz", "datos", "dados", "données", "donnees"}
    | {"集", "数据", "數據", "图片", "图像", "圖片", "データ", "画像", "用", "セット", "데이터"}
)
# Words between a split's word and such a one.
_LINKS: Final = frozenset({"d", "de", "des", "der", "for"})
# Folders that say only what is in them.
GENERIC_NAMES: Final = _FILLERS | {"pic", "photo", "txt", "frames", "content", "archive"}
_MASKS: Final = frozenset(
    {"mask", "masks", "annotation", "annotations", "segmentation", "segmentations", "gt"}
    | {"label", "labels", "groundtruth"}
)
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class _Reading:
    """A name as one of a split.

    Attributes:
        role: Which.
        rest: Its other words.
        is_eval: Whether it says `eval`, which is a validation split where there is a test split.
    """

    role: Role
    rest: tuple[str, ...]
    is_eval: bool = False


def nfc(name: str) -> str:
    """A name as it is compared: macOS writes accents apart from their letters."""
    return unicodedata.normalize("NFC", name)


def roles_of(names: Iterable[str]) -> dict[str, Role]:
    """Which of the names that lie side by side are of splits, and of which.

    A name is, if it has a split's word and nothing else but numbers and words such as `data`:
    `train`, `Training Data`, `val2017`. One with other words is, if they are those of another
    split beside it (`seg_train` and `seg_test`, but neither `bullet_train` nor `test_tube`), or
    if all names are of splits and one of the training split (`train_v1` and `test_final`).
    `pred`, `predict` and `extra` are unlabeled only beside splits.
    """
    names = list(names)
    readings = {name: found for name in names if (found := _reading(name)) is not None}
    said = {found.role for found in readings.values()}
    are_all = len(readings) == len(names) and "train" in said and len(said) > 1
    roles_by_rest: dict[tuple[str, ...], set[Role]] = {}
    for found in readings.values():
        roles_by_rest.setdefault(found.rest, set()).add(found.role)
    known = {
        name: found
        for name, found in readings.items()
        if are_all or not found.rest or len(roles_by_rest[found.rest]) > 1
    }
    others = {found.role for found in known.values() if not found.is_eval}
    has_splits = any(found.role != "unlabeled" for found in known.values())
    roles: dict[str, Role] = {}
    for name, found in known.items():
        if found.is_eval and "test" in others and "val" not in others:
            roles[name] = "val"
        elif found.role != "unlabeled" or has_splits or _words(name) & UNLABELED_NAMES:
            roles[name] = found.role
    return roles


def split_in(words: str) -> str | None:
    """The split that some words name, among others or not: `PublicTest`, `train-clean`."""
    found = _reading(words)
    return found.role if found is not None and found.role != "unlabeled" else None


def are_splits_alike(words: Iterable[str]) -> bool:
    """Whether all of some words name a split, and say the same besides: `Training`, `Test`."""
    readings = [_reading(word) for word in words]
    rests = {found.rest if found is not None else None for found in readings}
    return len(rests) == 1 and None not in rests


def splits_of(roles: Mapping[str, Role]) -> dict[str, str]:
    """Those of the roles that are splits."""
    return {name: role for name, role in roles.items() if role != "unlabeled"}


def roles_of_files(names: Iterable[str]) -> dict[str, Role]:
    """Which of the files that lie side by side are of splits, by the names of all of them.

    Beside `movies.csv`, `movies_test.csv` is of a split as well; `test.clean.csv` always is.
    """
    stems = {name: _stem(name) for name in names}
    known = roles_of(dict.fromkeys(stems.values()))
    whole = {stem: tuple(_words_in_order(stem)) for stem in stems.values()}
    beside = set(whole.values())
    roles: dict[str, Role] = {}
    for name, stem in stems.items():
        role = known.get(stem) or roles_of([stem.split(".")[0]]).get(stem.split(".")[0])
        found = _reading(stem)
        if (
            role is None
            and found is not None
            and found.rest != whole[stem]
            and found.rest in beside
        ):
            role = found.role
        if role is not None:
            roles[name] = role
    return roles


def split_of_file(name: str, beside: Iterable[str] = ()) -> str | None:
    """The split that a file's name tells, among the names of those beside it."""
    role = roles_of_files(dict.fromkeys([name, *beside])).get(name)
    return role if role != "unlabeled" else None


def is_unlabeled_name(name: str) -> bool:
    """Whether a folder or file says by itself that nothing in it has a label."""
    return bool(_words(name) & UNLABELED_NAMES)


def is_generic(name: str) -> bool:
    """Whether a name says only that there are examples: `images`, `data`."""
    words = _words(name)
    return bool(words) and words <= GENERIC_NAMES


def are_parts_of_examples(names: Iterable[str]) -> bool:
    """Whether folders hold images and their masks, which are no classes to tell apart."""
    names = list(names)
    masks = [name for name in names if set(_words_in_order(name)) & _MASKS]
    others = [name for name in names if name not in masks]
    # `with_mask` and `without_mask` are classes.
    return bool(masks) and bool(others) and all(map(is_generic, others))


def _stem(name: str) -> str:
    stem, _, suffix = name.rsplit("/", 1)[-1].removesuffix(".gz").rpartition(".")
    # As fastText names them: `cooking.train`, `cooking.valid`.
    return f"{stem}.{suffix}" if not stem or suffix.casefold() in SPLIT_NAMES else stem


def _words(name: str) -> set[str]:
    return set(_words_in_order(name))


def _words_in_order(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", nfc(name)))]


def _bare(word: str) -> str:
    """A word without what is written together with it: `train` of `traindata`."""
    bare, is_cut = word, True
    while is_cut and bare not in SPLIT_NAMES and bare not in _UNLABELED_WORDS:
        ends = [filler for filler in _FILLERS if len(filler) < len(bare) and bare.endswith(filler)]
        bare, is_cut = bare.removesuffix(max(ends, key=len, default="")), bool(ends)
    return bare if bare in SPLIT_NAMES or bare in _UNLABELED_WORDS else word


def _reading(name: str) -> _Reading | None:
    """The split that a name has a word of; None where it has none, or those of several."""
    words = [_bare(word) for word in _words_in_order(name)]
    splits = {SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES}
    unlabeled = [word for word in words if word in _UNLABELED_WORDS]
    rest = tuple(
        word
        for word in words
        if word not in SPLIT_NAMES and word not in unlabeled and word not in _FILLERS | _LINKS
    )
    if unlabeled and len(splits) <= 1:
        return _Reading("unlabeled", rest)
    if splits == {"train", "val"}:
        return _Reading("train", rest)
    if len(splits) != 1:
        return None
    role: Role = "train" if "train" in splits else "val" if "val" in splits else "test"
    return _Reading(
        role, rest, is_eval=role == "test" and bool({"eval", "evaluation"} & set(words))
    )
