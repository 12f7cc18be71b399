"""What did the student's code do instead of answering, in words?"""

from __future__ import annotations

from autograder.cleaning import clean_line
from autograder.errors import (
    CallTimedOut,
    NotPlainData,
    NotWritten,
    OutOfMemory,
    StudentError,
    StudentFault,
    WorkerEnded,
)
from autograder.model import Message, Outcome, message
from autograder.runner.suite import Ran
from autograder.sandbox.worker import FailedCell

_LONGEST_TEXT = 300


def outcome_of(fault: StudentFault) -> Outcome:
    """Which outcome a fault is."""
    if isinstance(fault, NotWritten):
        return Outcome.NOT_WRITTEN
    if isinstance(fault, CallTimedOut):
        return Outcome.TIMED_OUT
    if isinstance(fault, OutOfMemory):
        return Outcome.OUT_OF_MEMORY
    if isinstance(fault, WorkerEnded):
        return Outcome.CRASHED
    return Outcome.FAILED


def outcome_of_run(ran: Ran) -> Outcome:
    """How a check ended, as far as the student's answers decide it."""
    if ran.passed:
        return Outcome.PASSED
    return outcome_of(ran.fault) if ran.fault is not None else Outcome.FAILED


def explain(fault: StudentFault) -> Message:
    """A fault as a sentence. Its text comes from the student's code, so give it faults of replays only."""
    if isinstance(fault, NotWritten):
        if fault.type_name == "missing":
            return message("{name} is not in the file.", name=clean_line(fault.text, 100))
        return message("It raises NotImplementedError: it is not written yet.")
    if isinstance(fault, CallTimedOut):
        return message(
            "It gave no answer within {seconds} s and was stopped.", seconds=f"{fault.seconds:.3g}"
        )
    if isinstance(fault, OutOfMemory):
        return message(
            "It wanted more memory than the {mebibytes} MiB that a submission may use.",
            mebibytes=fault.mebibytes,
        )
    if isinstance(fault, WorkerEnded):
        return message("The process that ran it ended in the middle: {how}.", how=clean_line(fault.how, 200))
    if isinstance(fault, NotPlainData):
        return message(
            "It returned {what}; an array or a number can be checked.", what=clean_line(fault.what, 200)
        )
    if isinstance(fault, StudentError):
        return _raised(fault)
    return message("It did not return a value.")


def _raised(fault: StudentError) -> Message:
    fields: dict[str, str | int | float] = {
        "error": clean_line(fault.type_name, 100),
        "text": clean_line(fault.text, _LONGEST_TEXT),
        "file": clean_line(fault.file, 100),
        "line": fault.line,
    }
    if fault.file and fault.line:
        if fault.text:
            return message("It raised {error}: {text} ({file}, line {line}).", **fields)
        return message("It raised {error} ({file}, line {line}).", **fields)
    if fault.text:
        return message("It raised {error}: {text}.", **fields)
    return message("It raised {error}.", **fields)


def explain_load(fault: StudentFault) -> Message:
    """Why running the whole file came to nothing."""
    if isinstance(fault, CallTimedOut):
        return message(
            "Running the file gave no end within {seconds} s: is there a loop outside the functions?",
            seconds=f"{fault.seconds:.3g}",
        )
    if isinstance(fault, OutOfMemory):
        return message(
            "Running the file wanted more than {mebibytes} MiB of memory.", mebibytes=fault.mebibytes
        )
    if isinstance(fault, WorkerEnded):
        return message("Running the file ended the process: {how}.", how=clean_line(fault.how, 200))
    if isinstance(fault, StudentError):
        return message(
            "The file cannot be imported: line {line} of {file} raised {error}: {text}.",
            error=clean_line(fault.type_name, 100),
            text=clean_line(fault.text, _LONGEST_TEXT),
            file=clean_line(fault.file, 100) or "?",
            line=fault.line,
        )
    return message("The file cannot be imported.")


def explain_cell(cell: FailedCell) -> Message:
    """Why a cell of a notebook did not run to its end."""
    if cell.type_name == "CellTooSlow":
        return message(
            "A statement of cell {number} took too long and was stopped; everything after it was run.",
            number=cell.number,
        )
    fields: dict[str, str | int] = {
        "number": cell.number,
        "error": clean_line(cell.type_name, 100),
        "text": _without_place(clean_line(cell.text, _LONGEST_TEXT)),
        "file": clean_line(cell.file, 100) or "?",
        "line": cell.line,
    }
    if cell.type_name in ("SyntaxError", "IndentationError", "TabError"):
        return message(
            "Cell {number} is not Python and was left out: {error}: {text} ({file}, line {line}). The cells after it were "
            "run.",
            **fields,
        )
    return message(
        "A statement of cell {number} stopped with {error}: {text} ({file}, line {line}). Everything after it was run.",
        **fields,
    )


def _without_place(text: str) -> str:
    """A text without the "(work.py, line 3)" that Python adds to a syntax error, and that is said already."""
    return text.rpartition(" (")[0] if text.endswith(")") and ", line " in text else text


def explain_syntax(fault: StudentFault) -> Message:
    """Why the file is not Python."""
    if isinstance(fault, StudentError):
        text = _without_place(clean_line(fault.text, _LONGEST_TEXT))
        return message(
            "{file}, line {line}: {error}: {text}. Python cannot read the file, so nothing in it could be graded.",
            file=clean_line(fault.file, 100) or "?",
            line=fault.line,
            error=clean_line(fault.type_name, 100),
            text=text,
        )
    return message("Python cannot read the file.")
