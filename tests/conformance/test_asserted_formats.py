"""The formats that are asserted, in every draft, and the page that lists them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lbgen.schema.drafts import DRAFTS
from lbgen_runtime import InvalidParameters
from lbgen_runtime.events.validation.formats import ASSERTED_FORMATS
from tests.support.packages import build_json, contract_of, imported, write_package

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"


def test_the_page_lists_the_asserted_formats_with_their_types() -> None:
    rows = re.findall(
        r"^\| `([a-z0-9-]+)` \| [^|]+ \| `(\w+)` \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert rows == sorted(ASSERTED_FORMATS.items())


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=str)
def test_every_draft_asserts_every_format(draft: object, tmp_path: Path) -> None:
    """The string is of none of the formats."""
    properties = {
        name.replace("-", "_"): {"type": "string", "format": name} for name in ASSERTED_FORMATS
    }
    schema = {"type": "object", "properties": properties}
    contract = {"$schema": draft.uri, **contract_of("shop", placed=schema)}  # type: ignore[attr-defined]
    built = build_json({"shop.json": contract})
    with imported(write_package(built, tmp_path / f"formats_{draft.number}")) as package:  # type: ignore[attr-defined]
        placed = __import__(f"{package.__name__}.shop").shop.Placed
        placed.from_dict({})
        for name in properties:
            with pytest.raises(InvalidParameters):
                placed.from_dict({name: "\x00 no {valid[ %% text"})
