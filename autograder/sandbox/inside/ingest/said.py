"""Every sentence that the reading of a submission may say, and no other.

The worker that reads names a sentence and its fields; the trusted side knows these texts itself and takes no other.
"""

from __future__ import annotations

from typing import TypeAlias

Field: TypeAlias = str | int
Said: TypeAlias = tuple[str, dict[str, Field]]
"""A sentence, as one of the texts below, and what to fill in."""

MOST_NOTICES = 20
_LONGEST_FIELD = 200

# -- names ----------------------------------------------------------------------------------------------------

BOTH = (
    "There are both {file} and {notebook}, and only one can count. Remove {notebook} if you "
    "worked in {file}, or the other way round."
)
SAME_NAME = (
    "The names {one} and {other} differ only in case or in how an accent is stored, so it is not clear which is "
    "meant. Remove one of them."
)
MISSING = "There is no {file}. Found instead: {found}. Rename your file to {file} and hand it in again."
MISSING_NOTEBOOK = (
    "There is no {file}. Found instead: {found}. Rename your notebook to {notebook} and hand it in again."
)
NO_PYTHON = "There is no {file} in the folder; it holds no Python file at all."
NO_PYTHON_IN_ARCHIVE = "There is no {file} in {archive}; it holds no Python file at all."
TOO_MANY_FILES = "There are {count} files; {most} are allowed."
IGNORED = "Ignored: {name}."
UNTOUCHED = "Ignored: {file}. Nothing was written in it, so {notebook} was graded."
RENAMED = "{name} was graded as {notebook}: there is no other notebook that could be meant. Keep the name {notebook}."
MANY_NOTEBOOKS = (
    "There is no {notebook}, and more than one notebook could be meant: {found}. Rename the one that counts to {notebook} "
    "and hand it in alone."
)
SHADOWS = (
    "Ignored: {name}. It has the name of a module that comes with Python or NumPy, and importing {module} gives that "
    "one. Give your file another name."
)

# -- text -----------------------------------------------------------------------------------------------------

UTF16 = "{file} is saved as UTF-16. Save it again as UTF-8 (in Notepad: Save as, Encoding, UTF-8)."
NOT_TEXT = "{file} is not a text file: it holds zero bytes. Submit the source, not a compiled file."
NOT_UTF8 = (
    "{file}, line {line}: the byte 0x{byte} is not UTF-8. Save the file again as UTF-8 "
    "(in VS Code: click the encoding in the status bar, Save with Encoding, UTF-8)."
)
NOT_AS_DECLARED = (
    "{file}, line {line}: it declares the encoding {encoding}, but the byte 0x{byte} is not in it. "
    "Save the file again as UTF-8."
)
HIDDEN_ORDER = (
    "{file}, line {line} holds an invisible character that turns the direction of writing ({character}): people see "
    "other code than Python does. It was graded as Python reads it."
)

# -- archives -------------------------------------------------------------------------------------------------

BROKEN_ARCHIVE = (
    "{file} cannot be unpacked: it is damaged, or not a .zip, .tar or .tar.gz file. Pack it again, or hand in the file "
    "itself."
)
ENCRYPTED = "{file} is protected with a password. Pack it again without one, or hand in the file itself."
TOO_MANY_ENTRIES = "{file} holds more than {most} files. Hand in the source only."
UNPACKS_TOO_LARGE = "{file} unpacks to more than {most} bytes. Hand in the source only, without data."
BOMB = "{file} unpacks to more than {most} times its size, which no source does. Hand in the file itself."
TWICE = "{file} holds {name} twice, so it is not clear which is meant. Pack it again."
UNSAFE_PATH = "Ignored in {file}: {name}, whose path leads out of the archive."
NOT_REGULAR = "Ignored in {file}: {name}, which is a link or a device and not a regular file."
NESTED = "Ignored in {file}: {name}, an archive inside the archive."
ELSEWHERE = "Ignored in {file}: {name}, which does not lie beside the file to be graded."
IGNORED_IN_ARCHIVE = "Ignored in {file}: {name}."

# -- notebooks ------------------------------------------------------------------------------------------------

NOT_JSON = (
    "{file}, line {line}: this is not a notebook; it cannot be read as JSON. Open and save it in Jupyter."
)
JSON_TOO_DEEP = "{file} is not a notebook: it is nested too deep."
JSON_TWICE = (
    "{file} is not a notebook: it holds the key {key} twice in one place. Open and save it in Jupyter."
)
NOT_A_NOTEBOOK = (
    "{file} is not a notebook: it has no cells as Jupyter writes them. Open and save it in Jupyter."
)
WRONG_FORMAT = (
    "{file} is a notebook of format {format}; 3 and 4 can be read. Open and save it in a newer Jupyter."
)
WRONG_LANGUAGE = "{file} is a notebook for {language}, not for Python, so nothing in it can be graded."
TOO_MANY_CELLS = "{file} has {count} cells of code; {most} are allowed."
TOO_MUCH_CODE = "{file} holds {size} bytes of code; {most} are allowed."
WRITES_MAIN = (
    "{file}, cell {cell} writes {name}: what it would write was run in its place, as that file's code."
)
WRITES_MODULE = (
    "{file}, cell {cell} writes {name}, which the notebook can import as a module handed in with it."
)
ONLY_TEXT = (
    "{name} stands only in a text cell of {file}, cell {cell} from the top. Text is not run: change the cell's type to Code "
    "in Jupyter."
)
ONLY_COMMAND = (
    "{name} stands only in cell {cell} of {file}, which is the text of a command to Jupyter ({text}) and defines nothing. "
    "Move it to a cell of its own."
)
DROPPED = (
    "{file}: commands to Jupyter (%, ! or ?) are not Python and were left out, {count} in all; the first is in cell {cell}: "
    "{text}"
)
DEFINED_TWICE = "{name} is defined in cell {first} of {file} and again in cell {last}: the last one counts."

# -- by the process -------------------------------------------------------------------------------------------

TOO_LARGE = "{file} is too large: {size} bytes, and {most} are allowed. Submit the source only, without data."
NOTEBOOK_TOO_LARGE = (
    "{file} is too large: {size} bytes, and {most} are allowed. Clear its outputs (in Jupyter: Edit, Clear Outputs of All "
    "Cells), save it and hand it in again."
)
TOO_LARGE_TOGETHER = (
    "The files come to {size} bytes; {most} are allowed. Submit the source only, without data."
)
NOT_A_FILE = "{file} is not a regular file that can be read (a link, a folder or a device does not count)."
MANY_ARCHIVES = "There is no {file}, but {count} archives, and only one can count. Remove the others."
TOO_MUCH_MEMORY = "{file} could not be read: it needs too much memory."
TOO_SLOW = "{file} could not be read: it takes longer than {seconds} s."
ENDED = "{file} could not be read: the process that read it ended."

SENTENCES = frozenset(
    text for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)
)


class Unreadable(Exception):
    """Why a submission cannot be graded: the sentence is for its author."""

    def __init__(self, sentence: str, **fields: Field) -> None:
        super().__init__(sentence)
        self.said = said(sentence, **fields)


class Notices:
    """What is worth saying although the submission can be graded. No more than `MOST_NOTICES`."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def add(self, sentence: str, **fields: Field) -> None:
        """Say this too, where there is room."""
        self.say(said(sentence, **fields))

    def say(self, told: Said) -> None:
        """The same for a sentence with its fields."""
        if len(self.said) < MOST_NOTICES:
            self.said.append(told)


def said(sentence: str, **fields: Field) -> Said:
    """A sentence with its fields, cut and fit to be sent."""
    return sentence, {name: _fit(value) for name, value in fields.items()}


def _fit(value: Field) -> Field:
    if isinstance(value, int):
        return value
    return value[:_LONGEST_FIELD].encode("utf-8", "backslashreplace").decode("utf-8")
