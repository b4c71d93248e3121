"""A language that everybody can read, made of English: longer, in brackets, with accents."""

import re
from gettext import NullTranslations

_ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéîñöûÿÀÇÉÎÑÖÛŸ")
# What has to stay: places of values, marks of rich text, patterns of file names, code.
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&\w+;|\([^()]*\*[^()]*\)|`[^`]*`)")
_LONGER = 0.4
_WORD = 7


class PseudoTranslations(NullTranslations):
    """Translates anything, without a catalog."""

    def gettext(self, message: str) -> str:
        """The message as `pseudo` has it."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One of two forms, as English chooses it."""
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(message: str) -> str:
    """`Open run` as `[Öpéñ rûñ ~~~~]`."""
    if ";;" in message:  # kinds of files in a dialog
        return ";;".join(map(pseudo, message.split(";;")))
    pieces = _KEPT.split(message)
    changed = "".join(
        piece if at % 2 else piece.translate(_ACCENTS) for at, piece in enumerate(pieces)
    )
    missing = round(_LONGER * sum(map(len, pieces[::2])))
    # In words, so that it can wrap where the sentence could.
    more = " ".join("~" * min(_WORD, missing - at) for at in range(0, missing, _WORD + 1))
    return f"[{changed} {more}]" if more else f"[{changed}]"
