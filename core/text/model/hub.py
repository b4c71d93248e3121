"""Implements `HubModality` for texts; transformers, and torch with it, is loaded late."""

from typing import Any


class TextHub:
    """Repositories of masked language models."""

    small_files = (
        *("config.json", "tokenizer.json"),
        *("tokenizer_config.json", "special_tokens_map.json"),
        # Of sentence encoders.
        *("modules.json", "1_Pooling/config.json"),
    )

    def repository_of(self, name: str) -> str:
        """They are named by their repository."""
        return name

    def check(self, name: str, *, offline: bool) -> dict[str, Any]:
        """See `core.text.model.check`."""
        from core.text.model.check import check_masked_lm

        return check_masked_lm(name, offline=offline)


HUB = TextHub()
