"""An oracle for the prover: the set algebra of jsonschema-rs.

Its interface is experimental and answers three ways; only a clear answer counts, and an exception
is no answer. Recursive schemas are not given to it: on some it overflows the stack, which ends
the process (0.60.3); nor are large ones, since it cannot be interrupted and takes seconds for 200
properties.
"""

from __future__ import annotations

from typing import Final

import jsonschema_rs
from jsonschema_rs import canonical

from lbgen.compat.normal.formats import PATTERN_OPTIONS
from lbgen.compat.normal.schema import WRITTEN_WHOLE, Bundle, to_schema

_LARGEST: Final = 3000
"""Characters of a schema's canonical text."""

_DEEPEST: Final = 40


def proves(inner: Bundle, outer: Bundle) -> bool:
    """Whether the algebra says that `outer` accepts everything that `inner` accepts."""
    if not (_fit(inner) and _fit(outer)):
        return False
    try:
        return _canonical(outer).covers(_canonical(inner)) is canonical.Containment.YES
    except Exception:  # noqa: BLE001
        return False  # whatever it is, it is no proof


def _fit(bundle: Bundle) -> bool:
    key = bundle.root.key
    unknown = bundle.uses("content") or bundle.uses(WRITTEN_WHOLE)
    # It judges listed values by its own checks of formats.
    unknown = unknown or (bundle.uses("format") and bundle.uses("enum"))
    if bundle.definitions or unknown or len(key) > _LARGEST:
        return False
    depth = deepest = 0
    for char in key:
        depth += (char in "{[") - (char in "}]")
        deepest = max(deepest, depth)
    return deepest <= _DEEPEST


def _canonical(bundle: Bundle) -> jsonschema_rs.CanonicalSchema:
    return jsonschema_rs.canonicalize(
        to_schema(bundle),
        validate_formats=True,
        pattern_options=PATTERN_OPTIONS,
        offline=True,
    )
