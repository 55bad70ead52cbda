"""Interrupting a thread at any step of what it does, as signals and destructors do."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lbgen_runtime

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_RUNTIME = str(Path(lbgen_runtime.__file__).parent)
_STEPS = (_RUNTIME, threading.__file__)
"""Where each line is a step."""
_SMALLER_STEPS = tuple(str(Path(_RUNTIME) / name) for name in ("fire/sync_firer.py", "lightbus.py"))
"""Where each instruction of the interpreter is a step: what decides who waits for whom."""


def interrupted(work: Callable[[], object], at: int, interrupt: Callable[[], object]) -> bool:
    """Do some work in a thread, and interrupt it at one step.

    Args:
        work: what is done.
        at: the number of the step, counted from 0.
        interrupt: called in the middle of the work, by its thread.

    Returns:
        Whether there was such a step.

    Raises:
        AssertionError: the work did not come to its end within 15 seconds.
    """
    steps = 0
    errors: list[BaseException] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        name = frame.f_code.co_filename
        if not name.startswith(_STEPS):
            return None
        frame.f_trace_opcodes = name in _SMALLER_STEPS
        if event == ("opcode" if frame.f_trace_opcodes else "line"):
            steps += 1
            if steps - 1 == at:
                interrupt()
        return trace

    def run() -> None:
        sys.settrace(trace)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(15)
    assert not thread.is_alive(), f"interrupted at step {at}, it hangs"
    if errors:
        raise errors[0]
    return steps > at


def interrupt_at_every_step(work: Callable[[], object], interrupt: Callable[[], object]) -> int:
    """Do some work again and again, interrupted one step later each time.

    Returns:
        How many steps the work has.
    """
    at = 0
    while interrupted(work, at, interrupt):
        at += 1
    return at
