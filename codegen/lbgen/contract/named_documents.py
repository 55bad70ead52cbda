"""Documents by the URIs that the project and the documents themselves give them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..source.document import Document

__all__ = ["documents_by_name", "url_of"]


def url_of(file: str, urls: Mapping[str, str]) -> str | None:
    """The URL that stands for a file: by its own path, or by that of a folder around it.

    Args:
        file: path below the schema folder.
        urls: path of a file, or of a folder with `/` behind it, for each URL.
    """
    best: tuple[int, str] | None = None
    for url, path in urls.items():
        inside = path in ("", ".") or (path.endswith("/") and file.startswith(path))
        if not (file == path or (url.endswith("/") and inside)):
            continue
        folder = "" if path == "." else path
        found = url if file == path else url + quote(file.removeprefix(folder))
        if best is None or len(path) > best[0]:
            best = len(path), found
    return None if best is None else best[1]


def documents_by_name(
    documents: Mapping[str, Document], urls: Mapping[str, str]
) -> dict[str, Document]:
    """Documents by the URLs that stand for them and by the URIs that they give themselves.

    Args:
        documents: by path.
        urls: the URL that stands for a document, by its URI.
    """
    found: dict[str, Document] = {}
    for document in documents.values():
        if document.uri in urls:
            found[urls[document.uri]] = document
        if is_object(document.value):
            for keyword in ("$id", "id"):
                name = document.value.get(keyword)
                if isinstance(name, str):
                    found.setdefault(name.removesuffix("#"), document)
    return found
