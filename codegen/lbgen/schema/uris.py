"""URIs of schemas, and references against them (RFC 3986)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urljoin

from ..source.document import SCHEME

__all__ = ["as_uri", "join", "split_fragment"]

_ALLOWED: Final = "%/:=&?~#+!$,;'@()*"


def as_uri(text: str) -> str:
    """A text with every character percent-encoded that no URI has (RFC 3986).

    Some generators of schemas write such: `#/definitions/Partial<Order>`.
    """
    return quote(text, safe=_ALLOWED)


def join(base: str, reference: str) -> str:
    """A reference against its base URI (RFC 3986), also for URIs of lbgen's own scheme."""
    reference = as_uri(reference)
    if base.startswith(SCHEME):
        joined = urljoin("file" + base.removeprefix("lbgen"), reference)
        if reference.startswith("file:"):
            return joined
        return "lbgen" + joined.removeprefix("file") if joined.startswith("file:") else joined
    if base.startswith("urn:") and reference.startswith("#"):
        return split_fragment(base)[0] + reference
    return urljoin(base, reference)


def split_fragment(uri: str) -> tuple[str, str]:
    """A URI without its fragment, and the fragment."""
    base, _, fragment = uri.partition("#")
    return base, fragment
