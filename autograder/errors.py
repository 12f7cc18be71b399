"""What can go wrong, and whose fault it is.

Every error that a person may see is an `AutogradeError`; `cli/` is the only place that catches and prints
them, and `exit_code` is what the process then ends with. What a *student's code* does wrong while it is being
graded is not an error of ours: those are `StudentFault`s, which the runner turns into outcomes.
"""

from __future__ import annotations

from typing import TypeVar

from autograder.language import later, say
from autograder.model import Message

_Error = TypeVar("_Error", bound=BaseException)

SYSTEM_SAYS = (
    later("Permission denied"),
    later("Operation not permitted"),
    later("No such file or directory"),
    later("File exists"),
    later("Not a directory"),
    later("Is a directory"),
    later("Directory not empty"),
    later("No space left on device"),
    later("Disk quota exceeded"),
    later("Read-only file system"),
    later("Input/output error"),
    later("Device or resource busy"),
    later("Too many open files"),
    later("File name too long"),
    later("Too many levels of symbolic links"),
    later("Stale file handle"),
)
"""What the operating system says of a file; fills `{reason}`."""


class AutogradeError(Exception):
    """Base of all errors that end a command. The text says what is wrong, with the value, and what to do next.

    parts  sentences in their order: messages, which `said` translates, and texts that stay as they are; None is left out
    """

    exit_code = 1

    def __init__(self, *parts: Message | str | None) -> None:
        self.parts = tuple(Message("{text}", {"text": p}) if isinstance(p, str) else p for p in parts if p)
        # What logs and tests see is English.
        super().__init__(self.said("en"))

    def said(self, language: str | None = None) -> str:
        """The sentences in `language`, default: the current one."""
        return " ".join(say(part, language) for part in self.parts)


class UsageError(AutogradeError):
    """The command line asks for something that cannot be: an unknown assignment, a folder that is not there."""

    exit_code = 2


class CourseError(AutogradeError):
    """The course's own files contradict the contract: a manifest, a stub, a mark. The author's to mend."""

    exit_code = 2


class SystemFault(AutogradeError):
    """The grader or the machine failed. Never a student's fault, never a zero."""

    exit_code = 3


class IsolationRefused(SystemFault):
    """The kernel cannot hold other people's code back here, and nobody said that it need not."""


class SuiteError(Exception):
    """The hidden suite misused a check or asked for something impossible: our fault, it costs no points."""


class StudentFault(Exception):
    """Base of everything that student code did instead of returning a plain value."""


class StudentError(StudentFault):
    """The student's code raised an exception.

    type_name  name of the exception's class as the student wrote it, e.g. "ValueError"
    bases      names of the built-in classes it derives from, nearest first, e.g. ("ValueError", "Exception")
    text       str(exception), cut and cleaned
    file       the student's file in which it was raised, or ""
    line       line in that file, or 0
    """

    def __init__(
        self, type_name: str, bases: tuple[str, ...] = (), text: str = "", file: str = "", line: int = 0
    ) -> None:
        super().__init__(f"{type_name}: {text}" if text else type_name)
        self.type_name = type_name
        self.bases = bases
        self.text = text
        self.file = file
        self.line = line

    def is_a(self, error: type[BaseException]) -> bool:
        """Whether the student's exception would be caught by `except error`."""
        return error.__name__ in self.bases


class NotWritten(StudentError):
    """The function is missing, or raised NotImplementedError as the stub does."""


class NotPlainData(StudentFault):
    """The student returned something that cannot travel as plain data: a generator, an object array, …

    what  a description of it, e.g. "a generator"
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class CallTimedOut(StudentFault):
    """A call did not end within its limit; the worker was killed.

    seconds  the limit, in seconds
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds


class OutOfMemory(StudentFault):
    """A call wanted more memory than the submission may have.

    mebibytes  the limit
    """

    def __init__(self, mebibytes: int) -> None:
        super().__init__(f"more than {mebibytes} MiB")
        self.mebibytes = mebibytes


class WorkerEnded(StudentFault):
    """The process with the student's code ended in the middle of a call, or broke the protocol.

    how  a description, e.g. "it exited with status 0", "killed by SIGSEGV", "it wrote to the result pipe"
    """

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def without_frames(error: _Error) -> _Error:
    """The same error without its traceback, and those behind it without theirs.

    They would keep alive what every function on the way held, all that a worker had sent for one, for as long as the
    error itself is kept.
    """
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            waiting += [one.__cause__, one.__context__]
    return error
