"""A model's own tokenizer, as the token file wants it."""

import tokenizers

from core.text.data.tokens import Frame, Tokens
from core.text.model.description import TextDescription


class Tokenizing:
    """Tokenises for one model.

    Args:
        description: Of the model; holds the tokenizer.
    """

    def __init__(self, description: TextDescription) -> None:
        self._tokenizer: tokenizers.Tokenizer = description.build_tokenizer()
        self._wants_words = description.whole_words
        ids = self._tokenizer.encode("").ids
        # A text stands between these: the first for its representation, the rest ends it.
        self.frame = Frame(tuple(ids[:1]), tuple(ids[1:]), description.max_length)

    def __call__(self, texts: list[str]) -> list[Tokens]:
        """Tokens of each text, without special ones."""
        if not self._wants_words:
            # Without what only words need: where each token stands in its text.
            fast = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
            return [Tokens(each.ids) for each in fast]
        found = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return [Tokens(each.ids, each.word_ids) for each in found]

    def words(self, ids: list[int]) -> str:
        """Ids as people read them."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text
