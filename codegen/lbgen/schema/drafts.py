"""The drafts of JSON Schema.

Sources: the meta-schemas of draft-04, -06, -07, 2019-09 and 2020-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
        number: the number by which the validator knows it.
        keywords: what is behind each keyword.
        id_keyword: the keyword that names a schema.
        ref_alone: whether `$ref` hides the keywords beside it.
    """

    name: str
    uri: str
    number: int
    keywords: Mapping[str, Holds]
    id_keyword: str = "$id"
    ref_alone: bool = False

    def __str__(self) -> str:
        return self.name


DRAFT_04: Final = Draft(
    name="draft-04",
    uri="http://json-schema.org/draft-04/schema",
    number=4,
    keywords={**COMMON, **TO_2019, "id": Holds.VALUE},
    id_keyword="id",
    ref_alone=True,
)
DRAFT_06: Final = Draft(
    name="draft-06",
    uri="http://json-schema.org/draft-06/schema",
    number=6,
    keywords={**COMMON, **TO_2019, **FROM_06},
    ref_alone=True,
)
DRAFT_07: Final = Draft(
    name="draft-07",
    uri="http://json-schema.org/draft-07/schema",
    number=7,
    keywords={**COMMON, **TO_2019, **FROM_06, **FROM_07},
    ref_alone=True,
)
DRAFT_2019_09: Final = Draft(
    name="2019-09",
    uri="https://json-schema.org/draft/2019-09/schema",
    number=19,
    keywords={**COMMON, **TO_2019, **FROM_06, **FROM_07, **FROM_2019},
)
DRAFT_2020_12: Final = Draft(
    name="2020-12",
    uri="https://json-schema.org/draft/2020-12/schema",
    number=20,
    keywords={**COMMON, **FROM_06, **FROM_07, **FROM_2019, **FROM_2020},
)

DRAFTS: Final = {
    draft.uri: draft for draft in (DRAFT_04, DRAFT_06, DRAFT_07, DRAFT_2019_09, DRAFT_2020_12)
}
"""Every draft, by the URI of its meta-schema."""


def draft_of(uri: object) -> Draft | None:
    """The draft that a `$schema` names; `None` for another text.

    People write `http` and `https`, and an empty fragment or none, in any draft.

    Args:
        uri: the value of `$schema`.
    """
    if not isinstance(uri, str):
        return None
    name = uri.removesuffix("#").removeprefix("https:").removeprefix("http:")
    return DRAFTS.get(f"http:{name}") or DRAFTS.get(f"https:{name}")
