"""Which documents are contracts, and the APIs and events that they declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..findings.diagnostic import Diagnostic, Place, Related, Severity
from ..schema.drafts import DRAFT_2020_12, DRAFTS, Draft, draft_of
from ..source.document import Location
from ..source.json_types import is_object
from .contract import Api, Contract, DeclaredEvent
from .event_files import duplicate_events, event_file, no_api_named
from .named_documents import documents_by_name, url_of
from .shape import check_contract_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..source.document import Document, Path
    from .event_files import EventFile

__all__ = ["no_contract", "read_contract"]


def read_contract(
    documents: Mapping[str, Document],
    drafts: Mapping[str, str],
    urls: Mapping[str, str] | None = None,
    api: str = "",
) -> tuple[Contract, list[Diagnostic]]:
    """Find the APIs in a folder's documents.

    Args:
        documents: by path.
        drafts: URI of the draft's meta-schema for each other `$schema` that a project allows.
        urls: path of a file, or of a folder with `/` behind it, for each URL that stands for it.
        api: name of the API to which event schemas directly in the schema folder belong.

    Returns:
        The contract, as far as it could be read, and what is wrong with the rest.
    """
    known = {
        document.uri: url
        for document in documents.values()
        if (url := url_of(document.file, urls or {})) is not None
    }
    reader = _Reader(drafts, documents_by_name(documents, known), api)
    for file in sorted(documents):
        reader.read(documents[file])
    reader.add_folders()
    if not reader.apis and all(each.severity is not Severity.ERROR for each in reader.problems):
        reader.problems.append(no_contract(schemas=len(reader.roots)))
    contract = Contract(
        documents={document.uri: document for document in documents.values()},
        apis=tuple(reader.apis[name] for name in sorted(reader.apis)),
        roots=reader.roots,
        urls=known,
    )
    return contract, reader.problems


def no_contract(*, schemas: int) -> Diagnostic:
    """The diagnostic of a folder without any API.

    Args:
        schemas: how many files with other schemas the folder holds.
    """
    return Diagnostic(
        place=Place(file="."),
        rule="no-contract",
        message="this folder has no contract",
        help=(
            "rename the schema of each event to EVENT.schema.json, such as "
            "order_placed.schema.json; other files only contain types that events refer to"
        )
        if schemas
        else (
            "write a YAML file with `lbgen: 1`, `api` and `events`; `lbgen init` writes an example"
        ),
    )


class _Reader:
    def __init__(self, drafts: Mapping[str, str], named: Mapping[str, Document], api: str) -> None:
        self.drafts = drafts
        self.named = named
        self.api = api
        self.without_api: list[Document] = []
        self.apis: dict[str, Api] = {}
        self.folders: dict[str, list[DeclaredEvent]] = {}
        self.roots: dict[str, tuple[tuple[Path, Draft], ...]] = {}
        self.problems: list[Diagnostic] = []

    def read(self, document: Document) -> None:
        names = event_file(document.file, self.api)
        value = document.value
        is_api = is_object(value) and (
            "lbgen" in value or (names is None and {"api", "events"} <= value.keys())
        )
        severity = Severity.ERROR if is_api else Severity.WARNING
        self.problems.extend(replace(flaw, severity=severity) for flaw in document.flaws)
        if is_api and document.flaws:
            return
        if isinstance(value, bool):
            self.roots[document.uri] = (((), DRAFT_2020_12),)
            if names is not None:
                self.read_event_file(document, DRAFT_2020_12, names)
            return
        if not is_object(value):
            self.problems.append(
                Diagnostic(
                    place=document.place(()),
                    rule="not-a-mapping",
                    message="the file is not a mapping",
                    help="a contract starts with `lbgen: 1`, `api: ...` and `events: ...`",
                )
            )
            return
        draft = self.draft(document)
        if draft is None:
            return
        if is_api:
            self.read_api(document, draft)
            return
        self.roots[document.uri] = (((), draft),)
        if names is not None:
            self.read_event_file(document, draft, names)

    def draft(self, document: Document) -> Draft | None:
        uri = document.value.get("$schema")
        if uri is None:
            return DRAFT_2020_12
        seen: set[str] = set()
        while isinstance(uri, str) and uri not in seen:
            draft = draft_of(uri) or draft_of(self.drafts.get(uri))
            if draft is not None:
                return draft
            seen.add(uri)
            meta = self.named.get(uri.removesuffix("#"))
            uri = meta.value.get("$schema") if meta and is_object(meta.value) else None
        uri = document.value["$schema"]
        self.problems.append(
            Diagnostic(
                place=document.place(("$schema",)),
                rule="unknown-draft",
                message=f"$schema {uri!r} is not a draft of JSON Schema that lbgen knows",
                help=(
                    f"write {DRAFT_2020_12.uri}, or map it to a draft in [tool.lbgen.drafts] of "
                    f"pyproject.toml: {', '.join(draft.name for draft in DRAFTS.values())}"
                ),
            )
        )
        return None

    def read_api(self, document: Document, draft: Draft) -> None:
        problems = check_contract_shape(document)
        self.problems.extend(problems)
        value = document.value
        roots: list[tuple[Path, Draft]] = [
            ((keyword, key), draft)
            for keyword in ("$defs", "definitions")
            if is_object(value.get(keyword))
            for key in value[keyword]
        ]
        events: list[DeclaredEvent] = []
        declared = value.get("events")
        for name, event in declared.items() if is_object(declared) else ():
            if not is_object(event):
                continue
            path: Path = ("events", name, "parameters")
            if isinstance(event.get("parameters"), dict | bool):
                roots.append((path, draft))
            if not problems:
                events.append(
                    DeclaredEvent(
                        name=name,
                        location=Location(document.uri, path),
                        document=document,
                        draft=draft,
                        version=event.get("version", 1),
                        title=event.get("title"),
                        description=event.get("description"),
                    )
                )
        self.roots[document.uri] = tuple(roots)
        if not problems:
            authoritative = value.get("authoritative")
            self.add(
                Api(
                    name=value["api"],
                    document=document,
                    uri=document.uri,
                    events=tuple(events),
                    stream=value.get("stream", "per_api"),
                    authoritative=None if authoritative is None else tuple(authoritative),
                    lightbus=value.get("lightbus", False),
                    assume_timezone=value.get("assume_timezone"),
                    title=value.get("title"),
                    description=value.get("description"),
                )
            )

    def add(self, api: Api) -> None:
        first = self.apis.setdefault(api.name, api)
        if first is not api:
            self.problems.append(
                Diagnostic(
                    place=api.place,
                    rule="duplicate-api",
                    message=f"the API {api.name!r} is declared in two files",
                    help="move its events to one file",
                    related=(Related(place=first.place, message="first declared here"),),
                )
            )

    def read_event_file(self, document: Document, draft: Draft, names: EventFile) -> None:
        if not names.api:
            self.without_api.append(document)
            return
        problem = names.problem(document)
        if problem is not None:
            self.problems.append(problem)
            return
        self.folders.setdefault(names.api, []).append(
            DeclaredEvent(
                name=names.event,
                location=Location(document.uri),
                document=document,
                draft=draft,
                title=_text(document.value, "title"),
                description=_text(document.value, "description"),
            )
        )

    def add_folders(self) -> None:
        if self.without_api:
            self.problems.append(no_api_named(self.without_api))
        for name in sorted(self.folders):
            found = sorted(self.folders[name], key=lambda event: event.name)
            events, problems = duplicate_events(name, found)
            self.problems.extend(problems)
            self.add(
                Api(
                    name=name,
                    document=events[0].document,
                    uri=events[0].location.uri.rsplit("/", 1)[0],
                    events=events,
                )
            )


def _text(schema: Any, keyword: str) -> str | None:
    value = schema.get(keyword) if is_object(schema) else None
    return value if isinstance(value, str) else None
