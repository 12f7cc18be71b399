"""Bytes become text, or a sentence that says where they cannot and how to save them again."""

from __future__ import annotations

import pytest

from autograder.grading.source import decode
from autograder.language import say
from autograder.model import Message


@pytest.mark.parametrize(
    "data",
    [
        "x = 'đạo hàm'\n".encode(),
        "x = 'đạo hàm'\n".encode("utf-8-sig"),
        "x = 'đạo hàm'\r\n".encode(),
        "x = 'đạo hàm'\r".encode(),
    ],
)
def test_utf8_with_any_line_ends_and_mark(data: bytes) -> None:
    assert decode("a.py", data) == "x = 'đạo hàm'\n"


@pytest.mark.parametrize(
    ("cookie", "codec"),
    [("cp1258", "cp1258"), ("windows-1258", "cp1258"), ("latin-1", "latin-1"), ("cp1252", "cp1252")],
)
def test_a_declared_encoding_is_believed(cookie: str, codec: str) -> None:
    text = f"# -*- coding: {cookie} -*-\nx = 'à'\n"
    assert decode("a.py", text.encode(codec)) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("# à\nx = 1\ny = 'é'\n".encode("latin-1"), ["a.py", "line 1", "0xe0", "UTF-8"]),
        ("# ok\nx = 'é'\n".encode("latin-1"), ["line 2", "0xe9"]),
        ("# coding: utf-7\nx = 'é'\n".encode("latin-1"), ["line 2"]),
        ("# coding: nonsense\nx = 'é'\n".encode("latin-1"), ["line 2"]),
        ("x = 1\n".encode("utf-16"), ["UTF-16"]),
        (b"\x7fELF\x00\x00", ["not a text file"]),
        (b"# coding: cp1252\n\x81", ["cp1252", "0x81"]),
    ],
)
def test_what_cannot_be_read_says_where(data: bytes, words: list[str]) -> None:
    found = decode("a.py", data)
    assert isinstance(found, Message)
    assert all(word in say(found, "en") for word in words)
