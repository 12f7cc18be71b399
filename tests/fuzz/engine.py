"""Runs one target under atheris: within a limit of memory, and of processor time for each input.

What is found is printed with its traceback, and the input lies in the folder that is printed last.
"""

from __future__ import annotations

import importlib
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

MEMORY_BYTES = 2**30
"""Address space of the whole process."""

SLOW_SECONDS = 1.0
"""Processor time of one input, twice in a row: that of the instrumented code, which is some times slower."""

STOPPED_SECONDS = 10.0
"""Where Python code is interrupted, so that an endless loop leaves its input behind."""


class TooSlow(BaseException):
    """An input that takes too long. Not an Exception, so that the code under test does not take it for its own."""


def fuzz(name: str, options: list[str]) -> None:
    """Fuzz the target `name` until it fails or libFuzzer's options say to stop. Does not return."""
    import atheris

    with atheris.instrument_imports(include=["autograder", "tarfile", "zipfile"]):
        target = importlib.import_module(f"tests.fuzz.{name}")
    folder = Path(tempfile.mkdtemp(prefix=f"autograder-fuzz-{name}-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    arguments = [
        sys.argv[0],
        str(corpus),
        f"-artifact_prefix={folder}/",
        f"-max_len={target.LONGEST}",
        "-print_final_stats=1",
        "-reload=0",
        *options,
    ]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    print(f"{name}: inputs and findings are in {folder}", flush=True)
    atheris.Setup(arguments, limited(target.one), custom_mutator=_mutator(target, atheris))
    atheris.Fuzz()


def _mutator(target: Any, atheris: Any) -> Callable[[bytes, int, int], bytes]:
    """libFuzzer's own changes, and those of the target that keep an input well-formed."""
    ours: Callable[[bytes, int], bytes] | None = getattr(target, "mutate", None)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        if ours is None or seed % 3 == 0:
            return bytes(atheris.Mutate(data, most))  # there only once it runs
        return ours(data, seed)[:most]

    return mutate


def limited(one: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """`one` under the limits of time. Raises TooSlow."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"no end after {STOPPED_SECONDS:g} s of processor time")

    signal.signal(signal.SIGPROF, stop)

    def timed(data: bytes) -> float:
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, STOPPED_SECONDS)
        try:
            one(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return time.process_time() - began

    def run(data: bytes) -> None:
        if timed(data) > SLOW_SECONDS and (again := timed(data)) > SLOW_SECONDS:
            raise TooSlow(f"{again:.1f} s of processor time for {len(data)} bytes")

    return run
