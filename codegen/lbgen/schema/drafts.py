"""The drafts of JSON Schema.

Sources: the meta-schemas of draft-04, -06, -07, 2019-09 and 2020-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lbgen_runtime.events.validation.schema_parts import draft_number

from .keywords import COMMON, FROM_06, FROM_07, FROM_2019, FROM_2020, TO_2019, Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DRAFTS",
    "DRAFT_04",
    "DRAFT_06",
    "DRAFT_07",
    "DRAFT_2019_09",
    "DRAFT_2020_12",
    "Draft",
    "draft_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft of JSON Schema.

    Attributes:
        name: as people write it.
        uri: of its meta-schema, without an empty fragment.
        keywords: what is behind each keyword.
        id_keyword: the keyword that names a schema.
        ref_alone: whether `$ref` hides the keywords beside it.
    """

    name: str
    uri: str
    keywords: Mapping[str, Holds]
    id_keyword: str = "$id"
    ref_alone: bool = False

    @property
    def number(self) -> int:
        """The number by which the validator knows it."""
        number = draft_number(self.uri)
        assert number is not None
        return number

    def __str__(self) -> str:
        return self.name


DRAFT_04: Final = Draft(
    name="draft-04",
    uri="http://json-schema.org/draft-04/schema",
    keywords={**COMMON, **TO_2019, "id": Holds.VALUE},
    id_keyword="id",
    ref_alone=True,
)
DRAFT_06: Final = Draft(
    name="draft-06",
    uri="http://json-schema.org/draft-06/schema",
    keywords={**COMMON, **TO_2019, **FROM_06},
    ref_alone=True,
)
DRAFT_07: Final = Draft(
    name="draft-07",
    uri="http://json-schema.org/draft-07/schema",
    keywords={**COMMON, **TO_2019, **FROM_06, **FROM_07},
    ref_alone=True,
)
DRAFT_2019_09: Final = Draft(
    name="2019-09",
    uri="https://json-schema.org/draft/2019-09/schema",
    keywords={**COMMON, **TO_2019, **FROM_06, **FROM_07, **FROM_2019},
)
DRAFT_2020_12: Final = Draft(
    name="2020-12",
    uri="https://json-schema.org/draft/2020-12/schema",
    keywords={**COMMON, **FROM_06, **FROM_07, **FROM_2019, **FROM_2020},
)

DRAFTS: Final = {
    draft.uri: draft for draft in (DRAFT_04, DRAFT_06, DRAFT_07, DRAFT_2019_09, DRAFT_2020_12)
}
"""Every draft, by the URI of its meta-schema."""
_BY_NUMBER: Final = {draft.number: draft for draft in DRAFTS.values()}


def draft_of(uri: object) -> Draft | None:
    """The draft that a `$schema` names; `None` for another value.

    Args:
        uri: the value of `$schema`.
    """
    number = draft_number(uri) if isinstance(uri, str) else None
    return None if number is None else _BY_NUMBER[number]
