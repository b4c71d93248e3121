"""Addresses of models, as they are copied from a browser."""

import re

_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/"
    r"(?!(?:datasets|spaces|docs|models)/)"
    r"(?P<repo>[\w.-]+/[\w.-]+)"
    r"(?:/(?:tree|blob|resolve)/(?P<revision>[^/?#\s]+))?"
    r"(?:[/?#]\S*)?"
)


def name_in_address(text: str) -> str:
    """`owner/name` or `owner/name@revision` of a page on the hub; other texts as they are."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        return text.strip()
    revision = found["revision"]
    # What everybody gets who asks for none.
    return found["repo"] if revision in (None, "main") else f"{found['repo']}@{revision}"
