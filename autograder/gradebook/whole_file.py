"""How does a file get to its place whole or not at all, and over nothing that is there already?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.model import message


@contextmanager
def whole_file(file: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file to write and read, for its owner alone, that is `file` once it has all been written and is on the disk.

    Raises  UsageError where `file` is there already, unless `force`, or cannot be written; then it is as it was
    """
    if not force and os.path.lexists(file):
        raise UsageError(
            message(
                "{file} is there already. Give another name, or --force to replace it.",
                file=clean_line(str(file)),
            )
        )
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, file)
    except OSError as error:
        raise UsageError(
            message(
                "{file} cannot be written: {reason}. Choose another place.",
                file=clean_line(str(file)),
                reason=str(error.strerror),
            )
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()
