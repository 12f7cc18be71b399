"""Runs a piece of a test in a child of its own, for what cannot be undone: filters, rulesets, limits."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any


def in_child(action: Callable[[], Any]) -> Any:
    """What `action` returns (plain JSON), or {"error": its exception's text}, or {"status": as of wait(2)}."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = action()
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        try:
            os.write(writing, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = b""
    while part := os.read(reading, 65_536):
        said += part
    os.close(reading)
    _pid, status = os.waitpid(pid, 0)
    return json.loads(said) if said else {"status": status}


def refusal(action: Callable[[], Any]) -> int:
    """The error number with which the system refuses `action`; 0 where it does not."""
    try:
        action()
    except OSError as error:
        return error.errno or -1
    return 0
