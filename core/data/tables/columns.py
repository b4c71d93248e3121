"""Which column of a table says what: by what was asked, by well-known names, by what it holds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.data.file_types import IMAGE_SUFFIXES, OTHER_IMAGE_SUFFIXES, suffix_of
from core.data.splits import nfc
from core.data.word_count import num_words
from core.language import _
from core.recipe import DataRecipe
from core.recipe.modality import AUTO
from core.recipe.tasks import MULTI, REGRESSION, SINGLE

PATH_NAMES: Final = (
    *("path", "file_path", "filepath", "image_path", "imagepath", "img_path", "file", "file_name"),
    *("filename", "image_file", "image_name", "image_filename", "image", "img", "images", "fname"),
    *("image_id", "imageid", "img_id", "img_name", "picture", "photo", "id_code", "id"),
    *("image_url", "img_url", "url", "uri"),
    *("bild", "bilddatei", "datei", "dateiname", "bildname", "fichier", "archivo", "imagen"),
    *("图片", "图像", "文件名", "圖片", "画像", "画像名", "ファイル名", "이미지", "파일명"),
)
TEXT_NAMES: Final = (
    *("text", "sentence", "content", "document", "abstract", "body", "review", "tweet"),
    *("texte", "texto", "текст", "文本", "正文", "テキスト", "本文", "문장", "텍스트"),
)
LABEL_NAMES: Final = (
    *("label", "class", "category", "target", "intent", "sentiment", "labels", "class_name"),
    *("classname", "label_name", "species", "breed", "diagnosis", "dx", "class_id", "label_id"),
    *("class_index", "classid", "polarity", "y", "choice", "emotion"),
    # Of several labels; where there is another column for the label, that one is meant.
    *("tags", "genres", "categories", "topics"),
    *("klasse", "kategorie", "diagnose", "classe", "catégorie", "étiquette", "clase"),
    *("categoría", "categoria"),
    *("etiqueta", "метка", "класс", "категория", "标签", "标注", "类别", "標籤", "類別"),
    *("分类", "分類", "情感", "情绪", "情緒", "意图", "意圖", "感情", "意図", "감정", "의도"),
    *("クラス", "ラベル", "カテゴリ", "라벨", "레이블", "클래스", "분류"),
)
# What the only column of its kind may end in: `Finding Labels`, `airline_sentiment`.
_LABEL_ENDS: Final = frozenset(
    {"label", "labels", "class", "category", "sentiment", "emotion", "intent", "species"}
)
_NO_LABELS: Final = frozenset({"num", "n", "has", "is", "predicted", "pred"})
# Beside these, `y` is where something is in a picture.
_OF_BOXES: Final = frozenset({"w", "h", "xmin", "ymin", "x_min", "y_min", "x1", "y1", "x_1", "y_1"})
SPLIT_NAMES: Final = (
    *("split", "subset", "partition", "set", "is_valid", "is_val", "is_validation", "isvalid"),
    *("is_test", "is_testing", "istest", "is_train", "is_training", "istrain"),
)
# Columns that divide a table too, but only if they hold the names of splits.
FOLD_NAMES: Final = ("fold", "kfold", "folds", "dataset", "usage")
_KNOWN: Final = frozenset({*PATH_NAMES, *TEXT_NAMES, *LABEL_NAMES, *SPLIT_NAMES, *FOLD_NAMES})
# Nearly all cells of a column that holds pictures, or words.
_NEARLY_ALL: Final = 0.9
_MOSTLY: Final = 0.5
NUMBER: Final = re.compile(r"[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?%?")
_ID: Final = re.compile(r"(?=.*\d)[\w\-.:/\\+]+|[0-9a-fA-F\-]{8,}", re.ASCII)
# Rows after the first that tell whether it is a header.
SAMPLED_ROWS: Final = 100
_MANY_WORDS: Final = 3


@dataclass(frozen=True)
class Columns:
    """What a recipe says of tables (None: find it); `found_task` is what a scan found."""

    text: str | None = None
    label: str | None = None
    split: str | None = None
    path: str | None = None
    encoding: str | None = None
    separator: str | None = None
    group: str | None = None
    task: str = AUTO
    found_task: str = ""

    @classmethod
    def of(cls, data: DataRecipe) -> Self:
        """As a recipe names them."""
        return cls(
            text=data.text_column,
            label=data.label_column,
            split=data.split_column,
            path=data.path_column,
            encoding=data.encoding,
            separator=data.separator,
            group=data.group_column,
            task=data.task,
        )

    @property
    def leaves_out_several(self) -> bool:
        """Whether rows with several labels are of no use."""
        return (self.found_task or self.task) == SINGLE

    @property
    def takes_several(self) -> bool:
        """Whether a row may have any number of labels."""
        return (self.found_task or self.task) == MULTI

    @property
    def takes_numbers(self) -> bool:
        """Whether labels are numbers to be predicted."""
        return (self.found_task or self.task) == REGRESSION

    @property
    def named(self) -> frozenset[str]:
        """Names of columns that were asked for."""
        several = map(str.strip, (self.label or "").split(","))
        known = (self.text, self.label, self.split, self.path, self.group, *several)
        return frozenset(filter(None, known))


def plain(name: str) -> str:
    """A column's name without case, blanks and dashes."""
    return nfc(name).strip().lower().replace(" ", "_").replace("-", "_")


def is_known(name: str) -> bool:
    """Whether columns are often called so."""
    return plain(name) in _KNOWN


def named(names: Iterable[str], known: Sequence[str]) -> str | None:
    """The column with the first of the known names that is there."""
    by_plain = {plain(name): name for name in reversed(list(names))}
    return next((by_plain[name] for name in known if name in by_plain), None)


def label_column(names: Sequence[str]) -> str | None:
    """The column that holds the labels, by its name; of several alike none."""
    known = named(names, LABEL_NAMES)
    if known is not None and not (plain(known) == "y" and has_boxes(names)):
        return known
    words = {name: plain(name).split("_") for name in names}
    found = [
        name
        for name, parts in words.items()
        if len(parts) > 1 and parts[-1] in _LABEL_ENDS and parts[0] not in _NO_LABELS
    ]
    return found[0] if len(found) == 1 else None


def has_boxes(names: Iterable[str]) -> bool:
    """Whether columns say where something is in a picture."""
    found = set(map(plain, names))
    return bool(found & _OF_BOXES) or any(name.startswith("bbox") for name in found)


def asked_for(asked: str | None, names: Sequence[str], setting: str) -> str | None:
    """The column that was asked for, by name or number.

    Raises:
        KeyError: It is not there; the words say which are.
    """
    if asked is None:
        return None
    if asked in names:
        return asked
    if asked.isdigit() and 1 <= int(asked) <= len(names):
        return names[int(asked) - 1]
    found = [name for name in names if plain(name) == plain(asked)]
    if len(found) == 1:
        return found[0]
    words = _("there is no column {column} (there are: {columns}); see {setting}")
    raise KeyError(words.format(column=asked, columns=in_words(names), setting=setting))


def in_words(names: Sequence[str]) -> str:
    """The columns of a table, for a message."""
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "") or "none"


def is_picture_name(value: Any) -> bool:
    """Whether a cell is the name of a picture, and not a text that ends in one."""
    if isinstance(value, dict):
        value = value.get("path")
    if not isinstance(value, str):
        return False
    name = value.strip().partition("?")[0] if "://" in value else value.strip()
    suffix = suffix_of(name)
    is_picture = suffix in IMAGE_SUFFIXES or suffix in OTHER_IMAGE_SUFFIXES
    return is_picture and len(value) < 1000 and "\n" not in value


def picture_column(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The column nearly all cells of which are names of pictures."""
    names = dict.fromkeys(name for row in rows for name in row)
    for name in names:
        cells = _filled(rows, name)
        if cells and sum(map(is_picture_name, cells)) >= _NEARLY_ALL * len(cells):
            return name
    return None


def text_column(rows: Sequence[Mapping[str, Any]], *, besides: Iterable[str | None]) -> str | None:
    """The column that holds the texts: words, neither numbers nor names of files.

    Well-known names come first, then the column with the most letters.

    Args:
        rows: A sample of the table.
        besides: Columns that hold something else.
    """
    names = [n for n in dict.fromkeys(n for row in rows for n in row) if n not in set(besides)]
    by_plain = {plain(name): name for name in reversed(names)}
    for known in TEXT_NAMES:
        if known in by_plain and any(map(_has_words, _filled(rows, by_plain[known]))):
            return by_plain[known]
    sizes = {name: _letters(_filled(rows, name)) for name in names}
    best = max(sizes, key=lambda name: sizes[name], default=None)
    if best is None or not sizes[best]:
        return None
    # Of a pair (`sentence1`, `sentence2`) always the first, whichever is longer here.
    stem = best.rstrip("0123456789")
    pair = [name for name in names if sizes[name] and name.rstrip("0123456789") == stem]
    return min(pair) if stem != best and not stem.endswith(" ") else best


def holds_sentences(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether most cells of a column are several words each, and most are different."""
    texts = [cell for cell in _filled(rows, name) if _has_words(cell)]
    total = sum(map(num_words, texts))
    are_many = total >= 2 * _MANY_WORDS * len(texts) and 2 * len(set(texts)) > len(rows)
    return 2 * len(texts) > len(rows) and are_many


def _filled(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows if row.get(name) not in (None, "")]


def _has_words(value: Any) -> bool:
    return isinstance(value, str) and any(map(str.isalpha, value))


def _letters(cells: Sequence[Any]) -> int:
    """Letters in a column of words; 0 where it holds numbers, ids, paths or few values."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    words = [text for text in texts if _has_words(text) and not _is_id(text)]
    if not words or len(words) < _MOSTLY * len(cells):
        return 0
    are_sentences = sum(map(num_words, words)) >= _MANY_WORDS * len(words)
    if not are_sentences and len(cells) >= 10 and len(set(words)) < 0.2 * len(cells):
        return 0
    return sum(map(len, words))


def _is_id(text: str) -> bool:
    """Whether it is one word that names something: a number, a hash, a date, a path."""
    return _ID.fullmatch(text) is not None or "://" in text[:10] or is_picture_name(text)
