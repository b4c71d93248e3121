# ruff: noqa: RUF001 - letters of many scripts are what this is about.
"""Encodings older than Unicode are told by their letters, or refused with the setting's name."""

import pytest

from core.data.tables.encodings import encoding_of

TEXTS = {
    "cp1252": "It’s “fine” — a lovely film with a warm heart… €5 für Größe\n",
    "cp1250": "Zażółć gęślą jaźń, to był świetny film i bardzo mi się podobał\n",
    "cp1251": "Это был замечательный фильм, и мне он очень понравился\n",
    "koi8_r": "Это был замечательный фильм, и мне он очень понравился\n",
    "cp1253": "Ήταν μια υπέροχη ταινία και μου άρεσε πολύ\n",
    "cp1254": "Çok güzel bir filmdi, şimdi ağabeyim de izledi ığdır\n",
    "cp1256": "كان فيلما رائعا واعجبني كثيرا\n",
    "gb18030": "这部电影第3次看仍然很差，无聊,neg\n",
    "cp932": "この映画はとても面白かったです,テスト\n",
    "euc_jp": "この映画はとても面白かったです,テスト\n",
    "big5": "這部電影非常好看，我很喜歡,pos\n",
    "mac_roman": "Der Käse, ein naïver Café-Gast und „schöne“ Brötchen\n",
    "cp850": "El niño comió una piña en España, ¿qué más?\n",
    "cp949": "이 영화는 정말 재미있었습니다,pos\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_that_old_encodings_are_told_by_their_letters(tmp_path, encoding):
    file = tmp_path / "a.csv"
    file.write_bytes(("text,label\n" + TEXTS[encoding] * 6).encode(encoding))
    assert encoding_of(file) == encoding


def test_that_an_encoding_that_cannot_be_told_is_refused_with_the_setting(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("text,label\n很好,pos\n很差,neg\n".encode("gb18030"))
    with pytest.raises(ValueError, match=r"can't be told.*data\.encoding"):
        encoding_of(file)
    assert encoding_of(file, "gbk") == "gb18030"
    assert encoding_of(file, "Windows-1251") == "cp1251"


@pytest.mark.parametrize("asked", ["no such", "base64", "rot13"])
def test_that_an_unknown_encoding_is_refused(tmp_path, asked):
    (tmp_path / "a.txt").write_bytes(b"\xe9t\xe9")
    with pytest.raises(ValueError, match=r"data\.encoding"):
        encoding_of(tmp_path / "a.txt", asked)


def test_that_a_byte_order_mark_wins_over_what_was_asked(tmp_path):
    (tmp_path / "a.txt").write_bytes("é".encode("utf-8-sig"))
    assert encoding_of(tmp_path / "a.txt", "cp1252") == "utf-8-sig"
