"""Signed addresses: what stands behind their question mark lets anybody in, and is never told."""

import logging
import re

# The hub sends downloads on to addresses that are signed in their query.
_QUERY = re.compile(r"""(?P<address>\bhttps?://[^\s"'<>?#]+)[?#][^\s"'<>]*""", re.IGNORECASE)
# Behind the name of the host, as libraries quote it: `/repos/…?X-Amz-Signature=…`; and passwords.
_SIGNED = re.compile(
    r"""\?[^\s"'<>?]*(?:signature|credential|security-token|token|key-pair-id|policy|expires)="""
    r"""[^\s"'<>]*""",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"""(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@"'<>]+@""", re.IGNORECASE)


def without_signatures(text: str) -> str:
    """The text with every address cut off at its query, and without passwords in one."""
    text = _PASSWORD.sub(r"\g<scheme>…@", text)
    return _SIGNED.sub("?…", _QUERY.sub(r"\g<address>?…", text))


class UnsignedFormatter(logging.Formatter):
    """Formats a record, its traceback included, without any signature."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, of a record."""
        return without_signatures(super().format(record))


class UnsignedFilter(logging.Filter):
    """Takes signatures out of the messages of a handler that isn't ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every record."""
        plain = without_signatures(record.getMessage())
        if plain != record.getMessage():
            record.msg, record.args = plain, ()
        return True
