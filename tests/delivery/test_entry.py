"""An entry as its fields, and as the command that travels."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from lbgen_runtime.events.contract import ApiContract, EventContract
from lbgen_runtime.wire.entry import EntryForm, new_event_id
from lbgen_runtime.wire.resp import pack

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["%", "%d"])


@given(st.dictionaries(NAMES, st.binary(max_size=20)))
def test_the_command_that_travels_writes_the_fields(
    parameters: dict[str, bytes],
) -> None:
    api = ApiContract(name="100%.notes")
    form = EntryForm(EventContract(api=api, name="noted", event_type=None))  # type: ignore[arg-type]
    fields = form.fields("an-id", parameters)
    assert form.xadd("an-id", parameters) == pack([(b"XADD", form.stream, b"*", *fields)])
    assert form.xadd("other", parameters) != form.xadd("an-id", parameters)


def test_ids_of_a_forked_process_are_its_own() -> None:
    new_event_id()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, "".join(new_event_id() for _ in range(50)).encode())
        os._exit(0)
    os.close(writing)
    ours = {new_event_id()[14:] for _ in range(50)}
    with os.fdopen(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    theirs = {text[at + 14 : at + 36] for at in range(0, len(text), 36)}
    assert len(theirs) == 50
    assert not ours & theirs
