"""Is everything said in every language, with the fields that belong to it, and in the language that was asked for?"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest

from autograder import language
from autograder.cli.main import COMMANDS, main
from autograder.course import Assignment, load_course
from autograder.course.bank import mistakes
from autograder.course.texts import hints, texts
from autograder.errors import CourseError, SystemFault, UsageError
from autograder.grading import lane, many
from autograder.grading.verdict import Refused
from autograder.language import choose, known, later, say, translate
from autograder.model import message
from autograder.sandbox import descriptions
from autograder.sandbox.inside.ingest import said
from tests.languages.__main__ import (
    TRANSLATED,
    load,
    mo_bytes,
    mo_path,
    po_path,
    po_text,
    untranslated,
    updated,
)
from tests.languages.collect import ROOT, Text, Unseen, commands, engine_texts, fields, in_python

ENVIRONMENT = ("AUTOGRADE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# What click fills in with str.format counts too: {name!r}.
_FIELD = re.compile(r"\{\w+(?:![rs])?\}")
_MARKED = re.compile("[đĐ\N{COMBINING GRAVE ACCENT}-\N{COMBINING HORN}\N{COMBINING DOT BELOW}]")


@pytest.fixture(scope="module")
def engine() -> tuple[Text, ...]:
    return engine_texts()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use("en")


def looks_vietnamese(text: str) -> bool:
    """Whether a text has a letter that English lacks."""
    return _MARKED.search(unicodedata.normalize("NFD", text)) is not None


def is_alike(english: str) -> bool:
    """Whether a text may look the same in both languages: no word of it is left without fields, names and units."""
    return not re.search(r"[a-z]{4}", re.sub(r"\{[^}]*\}|Landlock|SHA-256", "", english))


def is_left_in_english(english: str, told: str) -> bool:
    """Whether a translation is none: the same words, or a whole phrase without a letter of Vietnamese."""
    if looks_vietnamese(told) or is_alike(english):
        return False
    return told == english or len(told.split()) > 3


# -- the engine's catalogue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_every_text_of_the_engine_is_translated(spoken: str) -> None:
    missing = untranslated(updated(spoken))
    assert not missing, "run `make messages`, then translate:\n" + "\n".join(missing)


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_the_catalogue_has_the_texts_of_the_code_and_no_others(spoken: str, engine: tuple[Text, ...]) -> None:
    catalog = load(spoken)
    there = {entry.id for entry in catalog if entry.id}
    assert there == {text.id for text in engine}
    assert not catalog.obsolete
    assert not [entry.id for entry in catalog if entry.fuzzy and entry.id]
    assert po_path(spoken).read_bytes() == po_text(updated(spoken)), "run `make messages`"


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_what_is_read_while_running_is_the_catalogue_compiled(spoken: str) -> None:
    assert mo_path(spoken).read_bytes() == mo_bytes(load(spoken)), "run `make messages`"


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_a_translation_has_the_fields_of_its_text(spoken: str) -> None:
    wrong = [
        f"{entry.id!r}: {entry.string!r}"
        for entry in load(spoken)
        if entry.string
        and entry.id
        and set(_FIELD.findall(str(entry.id))) != set(_FIELD.findall(str(entry.string)))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_text_is_given_the_fields_that_it_names(engine: tuple[Text, ...]) -> None:
    # A call that says one of several texts may give one of them more than it needs.
    needed: dict[str, set[str]] = {}
    for text in engine:
        needed.setdefault(text.place, set()).update(fields(text.id))
    wrong = [
        f"{text.place}: {text.id!r} is given {sorted(text.given)}"
        for text in engine
        if text.given is not None and not fields(text.id) <= text.given <= needed[text.place]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_a_translation_keeps_what_is_typed_as_it_is(spoken: str) -> None:
    """Commands, options, file names and code stand in a translation as they do in English."""
    typed = re.compile(
        rf"--[a-z][a-z-]+|autograde (?:{'|'.join(commands())})|AUTOGRADE_\w+|\w+\.(?:json|toml|csv)|np\.\w+"
    )
    wrong = [
        f"{entry.id!r}: {entry.string!r}"
        for entry in load(spoken)
        if entry.string
        and entry.id
        and set(typed.findall(str(entry.id))) - set(typed.findall(str(entry.string)))
    ]
    assert not wrong, "\n".join(wrong)


def test_vietnamese_looks_vietnamese() -> None:
    texts = [(str(entry.id), str(entry.string)) for entry in load("vi") if entry.id and entry.string]
    assert [text for _, text in texts if text != unicodedata.normalize("NFC", text)] == []
    wrong = [english for english, told in texts if is_left_in_english(english, told)]
    assert not wrong, "\n".join(wrong)
    # A sentence that ends, ends in both languages.
    ends = [english for english, told in texts if english[-1:] in ".?:!" and told[-1:] != english[-1:]]
    assert not ends, "\n".join(ends)


# -- how texts are found --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('_("one")', ["one"]),
        ('message("a {b}", b=1)', ["a {b}"]),
        ('_("one" " two")', ["one two"]),
        ('_("one" if x else "two")', ["one", "two"]),
        ('def f():\n    text = "one" if x else "two"\n    return message(text)', ["one", "two"]),
        ('def f():\n    text, n = "one", 1\n    return message(text)', ["one"]),
        (
            'def f():\n    text = "one"\n    message(text)\n    text = "two"\n    message(text)',
            ["one", "two"],
        ),
        ('def f():\n    text = "one"\n    if x:\n        text = "two"\n    message(text)', ["one", "two"]),
        (
            'def f():\n    if x:\n        text = "one"\n    else:\n        text = "two"\n    message(text)',
            ["one", "two"],
        ),
        ('CONSTANT = "one"\ndef f():\n    return message(CONSTANT)', ["one"]),
        ('WORDS = {"a": later("one")}\n_(WORDS["a"])', ["one"]),
    ],
)
def test_texts_are_found(source: str, expected: list[str]) -> None:
    assert sorted(text.id for text in in_python(source, "autograder/x.py")) == sorted(expected)


@pytest.mark.parametrize("source", ['_(f"one {x}")', '_("one" + x)', '_("one %s" % x)', "_(f(x))"])
def test_a_text_that_is_made_up_while_running_is_refused(source: str) -> None:
    with pytest.raises(Unseen, match="no text"):
        in_python(source, "autograder/x.py")


def test_fields_that_are_missing_or_misnamed_are_found() -> None:
    (text,) = in_python('message("a {b} {c}", b=1, d=2)', "autograder/x.py")
    assert text.given == {"b", "d"} != fields(text.id)


def test_every_command_is_looked_at() -> None:
    assert set(commands()) == {name for section in COMMANDS.values() for name in section}


def test_all_sentences_of_reading_a_submission_are_found(engine: tuple[Text, ...]) -> None:
    assert {text.id for text in engine} >= said.SENTENCES


def test_descriptions_are_those_that_the_sandbox_gives() -> None:
    """Each listed description still stands in the code that says it, and each that stands there is listed."""
    listed = {*descriptions.RETURNED, *descriptions.ENDED}
    spoken = set()
    for path in (ROOT / "autograder" / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("NotPlain", "WorkerEnded")
                and isinstance(node.args[0] if node.args else None, (ast.Constant, ast.JoinedStr))
            ):
                parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{n}" for part in parts)
                spoken.add(re.sub(r"\b\d[\d,]*\b", "{n}", text))
    # A shape is more than a number, a type none.
    assert spoken - listed == {"an empty array of shape {n}", "an object of {n}"}


# -- the language that is asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi"}, "vi"),
        ({"LANG": "VI"}, "vi"),
        ({"LANG": "vi-VN"}, "vi"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "virgo"}, "en"),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LC_MESSAGES": "vi_VN.UTF-8", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "vi_VN"}, "en"),
        ({"LANGUAGE": "fr:vi:en", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LANGUAGE": "fr:de", "LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANGUAGE": "vi", "LC_ALL": "C.UTF-8"}, "en"),
        ({"AUTOGRADE_LANG": "vi", "LC_ALL": "C"}, "vi"),
        ({"AUTOGRADE_LANG": "en", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"AUTOGRADE_LANG": "fr", "LANG": "vi_VN.UTF-8"}, "vi"),
    ],
)
def test_the_environment_chooses(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose() == expected
    assert choose("vi") == "vi"
    assert choose("en") == "en"


def test_a_code_is_a_language_or_none() -> None:
    assert known("vi_VN.UTF-8") == known("VI") == known("vi") == "vi"
    assert known("english") is known("") is known(None) is known("xx") is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lang", "vi", "check", "nothing"),
        ("check", "nothing", "--lang", "vi"),
        ("check", "--lang=VI", "nothing"),
        ("check", "nothing", "--lang", "vi_VN.UTF-8"),
    ],
)
def test_the_language_may_be_named_before_and_after_the_command(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_LANG", "en")
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith('Lỗi: Không có bài tập "nothing".')


@pytest.mark.parametrize("arguments", [("--lang", "xx", "list"), ("list", "--lang", "xx")])
def test_an_unknown_language_is_refused_with_those_there_are(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_LANG", "en")
    assert main(arguments) == 2
    assert "'xx' is not one of 'en', 'vi'" in capsys.readouterr().err


def test_help_and_errors_of_the_command_line_are_vietnamese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything that click says by itself too, whatever was said in English before in the same process."""
    for name in ("", *commands()):
        arguments = [name] if name else []
        assert main([*arguments, "--help", "--lang", "en"]) == 0
        english = capsys.readouterr().out
        assert main([*arguments, "--help", "--lang", "vi"]) == 0
        told = capsys.readouterr().out
        same = {line.strip() for line in told.splitlines()} & {line.strip() for line in english.splitlines()}
        # Examples and section names that hold a command only; options whose words have no room beside their choices; a
        # line of a longer sentence that happens to hold names of columns only.
        left = [
            line
            for line in same
            if " " in line
            and not line.startswith("autograde ")
            and not re.fullmatch(r"-\w, --[\w-]+ \[[\w|]+\]", line)
            and not re.fullmatch(r"(\w+, )*\w+_\w+,( \w+,?)*", line)
        ]
        assert not left, f"{name}: {left}"
        assert "Cách dùng:" in told
        assert "Hiện phần trợ giúp này rồi thoát." in told
        assert main([*arguments, "--no-such-option", "--lang", "vi"]) == 2
        assert "Lỗi: Không có tùy chọn" in capsys.readouterr().err
    assert main(["grade", "--lang", "vi"]) == 2
    assert "Lỗi: Thiếu đối số 'PATH'." in capsys.readouterr().err
    assert main(["chekc", "--lang", "vi"]) == 2
    assert 'Không có lệnh "chekc". Có phải ý bạn là "check"?' in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_terminal_without_vietnamese_letters_is_spoken_to_in_english(encoding: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "autograder", "--lang", "vi", "check", "nothing"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"},
        cwd=tmp_path,
        timeout=180,
    )
    assert told.returncode == 2
    assert told.stderr.startswith(b'Error: There is no assignment "nothing".')


def test_without_a_locale_nothing_breaks(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    told = subprocess.run(
        [sys.executable, "-m", "autograder", "--help"],
        capture_output=True,
        env={**inherited, "LC_ALL": "C", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        timeout=180,
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert told.stdout.startswith(b"Usage: autograde")


# -- sentences ------------------------------------------------------------------------------------------------


def test_an_error_is_said_in_the_language_of_who_reads_it() -> None:
    error = UsageError(
        message('There is no assignment "{id}".', id="{names}"),
        None,
        message("This course has: {names}.", names="a"),
        "As it {is}.",
    )
    assert str(error) == 'There is no assignment "{names}". This course has: a. As it {is}.'
    assert error.said("vi") == 'Không có bài tập "{names}". Môn học này có các bài: a. As it {is}.'
    assert str(SystemFault()) == ""


def test_what_stops_a_lane_is_told_in_the_language_of_who_grades() -> None:
    error = CourseError(
        message("{path} cannot be read: {reason}.", path="a.toml", reason="Permission denied")
    )
    told = msgpack.unpackb(msgpack.packb(lane._in_words(error)))
    heard = CourseError(*many._sentences(told["error"]))
    assert str(heard) == str(error) == "a.toml cannot be read: Permission denied."
    assert heard.said("vi") == "Không đọc được a.toml: không có quyền truy cập."
    for odd in ("text", [["id"]], [["id", 3]], 7, None):
        with pytest.raises(Refused):
            many._sentences(odd)


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("a generator", "một generator"),
        ("an array of 80 MiB", "một mảng 80 MiB"),
        ("more than 1,000,000 values", "hơn 1,000,000 giá trị"),
        ("a set", "một giá trị kiểu set"),
        ("a decimal.Decimal", "một giá trị kiểu decimal.Decimal"),
        ("what nobody has thought of {what}", "what nobody has thought of {what}"),
    ],
)
def test_descriptions_in_fields_are_translated(english: str, vietnamese: str) -> None:
    told = message("It returned {what}; an array or a number can be checked.", what=english)
    assert say(told, "vi") == f"Hàm trả về {vietnamese}; chỉ kiểm tra được mảng hoặc số."
    assert say(told, "en") == f"It returned {english}; an array or a number can be checked."


def test_what_a_student_wrote_is_never_translated() -> None:
    """Text of a student in a field stays what it is, though the catalogue knows the same words."""
    told = message("It raised {error}: {text}.", error="failed", text="passed {error}")
    assert say(told, "vi") == "Hàm báo lỗi failed: passed {error}."


def test_a_text_without_translation_is_english() -> None:
    assert (
        translate(later("Nobody has translated {this} yet."), "vi", this=1) == "Nobody has translated 1 yet."
    )
    assert translate("", "vi") == ""


# -- the course -----------------------------------------------------------------------------------------------

COURSE = load_course(ROOT)


def _labels_and_hints(path: Path) -> Iterator[str]:
    """The docstrings of a file's tests, one line each, and what its marks `hint` say."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield " ".join((ast.get_docstring(node) or "").split())
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "hint":
            value = node.args[0]
            yield constants[value.id] if isinstance(value, ast.Name) else ast.literal_eval(value)


def _texts_of_pictures(path: Path) -> Iterator[str]:
    """What pictures say: every text in pictures.py with a space in it that is no docstring.

    One that is put together while running has no translation, so it comes as it stands in the file and is missed.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            node.value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            if any(" " in str(getattr(part, "value", "")).strip() for part in node.values):
                yield ast.unparse(node)
            node.values = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.value


def said_by_course(assignment: Assignment) -> set[str]:
    """Every English text that a course gives to people, but for its statements."""
    found: set[str] = set()
    for path in (assignment.public_checks, *sorted(assignment.hidden_dir.glob("test_*.py"))):
        found |= set(_labels_and_hints(path))
    pictures = assignment.public_dir / "pictures.py"
    if pictures.exists():
        found |= set(_texts_of_pictures(pictures))
    for ladder in hints(assignment).values():
        found |= {ladder.where, ladder.formula}
    for entry in mistakes(assignment):
        found |= {text["en"] for text in (entry.explanation, *entry.hints) if "en" in text}
    return found - {""}


@pytest.mark.parametrize("id", COURSE.assignments)
def test_the_course_says_everything_in_vietnamese(id: str) -> None:
    assignment = COURSE.assignment(id)
    told = texts(assignment).get("vi", {})
    needed = said_by_course(assignment)
    missing = sorted(text for text in needed - told.keys() if not is_alike(text))
    assert not missing, f"{id}: {len(missing)} without Vietnamese:\n" + "\n".join(missing)
    needed &= told.keys()
    plain = [text for text in needed if is_left_in_english(text, told[text])]
    assert not plain, f"{id}: not Vietnamese:\n" + "\n".join(plain)
    wrong = [text for text in needed if set(_FIELD.findall(text)) != set(_FIELD.findall(told[text]))]
    assert not wrong, f"{id}: other fields:\n" + "\n".join(wrong)
    without = [function.name for function in assignment.functions if function.name not in hints(assignment)]
    assert not without, f"{id}: hints.toml has nothing for {without}"


@pytest.mark.parametrize("id", COURSE.assignments)
def test_no_translation_is_stale(id: str) -> None:
    """An English text that nobody says any more was changed, and its translation forgotten."""
    assignment = COURSE.assignment(id)
    needed = said_by_course(assignment)
    pictures = assignment.public_dir / "pictures.py"
    if pictures.exists():
        # A word alone may be a label or a keyword; here it may be either.
        tree = ast.parse(pictures.read_text(encoding="utf-8"))
        needed |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    folders = (assignment.public_dir, assignment.reference_path.parent)
    stale = [
        f"{path.relative_to(ROOT)}: {english}"
        for folder in folders
        for path in sorted(folder.glob("texts.*.toml"))
        for english in tomllib.loads(path.read_text(encoding="utf-8"))
        if english not in needed
    ]
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("id", COURSE.assignments)
def test_the_statement_has_a_vietnamese_twin(id: str) -> None:
    """The same structure: headings, code, figures, tables, formulas set apart, functions and files named."""
    folder = COURSE.assignment(id).public_dir
    english = (folder / "README.md").read_text(encoding="utf-8")
    path = folder / "README.vi.md"
    assert path.exists(), f"{path.relative_to(ROOT)} is missing"
    vietnamese = path.read_text(encoding="utf-8")
    assert looks_vietnamese(vietnamese.partition("\n")[0]) or is_alike(english.partition("\n")[0])
    assert [len(mark) for mark in re.findall(r"^#+", vietnamese, re.M)] == [
        len(mark) for mark in re.findall(r"^#+", english, re.M)
    ]
    for what, pattern in (
        ("code blocks", r"^```.*?^```"),
        ("images", r"!\[[^\]]*\]\(([^)]*)\)"),
        ("links", r"(?<!!)\[[^\]]*\]\(([^)]*)\)"),
        ("code", r"`([^`\n]+)`"),
    ):
        found = [Counter(re.findall(pattern, text, re.M | re.S)) for text in (english, vietnamese)]
        if what == "images":
            # A picture has words in it, so it may have a file for each language.
            found = [
                Counter({re.sub(r"\.vi(?=\.\w+$)", "", name): n for name, n in one.items()}) for one in found
            ]
        elif what == "code":
            found = [Counter(set(one)) for one in found]
        elif what == "code blocks":
            found = [Counter({len(list(one.elements())): 1}) for one in found]
        assert found[1] == found[0], (
            f"{path.relative_to(ROOT)}: {what}: {found[1] - found[0]} for {found[0] - found[1]}"
        )
    rows = [sum(line.startswith("|") for line in text.splitlines()) for text in (english, vietnamese)]
    assert rows[1] == rows[0], f"{path.relative_to(ROOT)}: rows of tables"


def test_every_manifest_has_its_title_in_vietnamese() -> None:
    assert looks_vietnamese(COURSE.title["vi"])
    for id in COURSE.assignments:
        assert looks_vietnamese(COURSE.assignment(id).title["vi"])
