"""What `autograder.cleaning` promises: nothing acts, nothing hides, nothing is unbounded, twice is once."""

from __future__ import annotations

import time
import tracemalloc
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cleaning import OUTPUT_LIMIT, UNSAFE, clean, clean_line, few_lines, indented

from .corpus import VISIBLE_FORMATS

# Surrogates included: ids come from os.fsdecode.
any_text = st.text(st.characters(exclude_categories=()), max_size=200)
awkward = st.text(
    st.sampled_from(
        "ab\n\t\r\x00\x1b\x7f\x9b\u200b\u202e\u2066\ud800\udfff\ufeff\u0301\u0323\u0344e\\u[…] Ệ\U000e0041"
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "plain"),
        ("hàng một\nhàng hai\tcột", "hàng một\nhàng hai\tcột"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("a\r\nb", "a\nb"),
        ("grade: 0\rgrade: 100", r"grade: 0\rgrade: 100"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\u200b\u200d\ufeff\u00ad", r"\u200b\u200d\ufeff\xad"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\ud800\udc80", r"\ud800\udc80"),
        ("\ufffe\U0001ffff", r"\ufffe\U0001ffff"),
        ("\U000e0041", r"\U000e0041"),
        ("e\u0323\u0302", "\u1ec7"),
        (b"caf\xc3\xa9 \xff", "café \ufffd"),
    ],
)
def test_each_kind_of_character(given_text: str | bytes, shown: str) -> None:
    assert clean(given_text) == shown


def test_a_line_has_no_newline_and_no_tab() -> None:
    assert clean_line("an\n\tgrader: 100") == r"an\n\tgrader: 100"


def test_long_text_keeps_its_head_and_its_tail() -> None:
    text = clean("head" + "x" * 1_000_000 + "tail")
    assert len(text) == OUTPUT_LIMIT
    assert text.startswith("headx")
    assert text.endswith("xtail")
    assert "\n[…]\n" in text


def test_escapes_count_towards_the_limit() -> None:
    text = clean("\x1b" * 3000, 4000)
    assert len(text) == 4000
    assert "[…]" in text


def test_a_million_lines_are_cut() -> None:
    assert len(clean("grader: 100/100\n" * 1_000_000)) <= OUTPUT_LIMIT


def test_a_tower_of_marks_is_low_and_quick() -> None:
    began = time.process_time()
    text = clean("a" + "\u0301\u0316" * 400_000, 800_000)
    # Unbounded, the quadratic sort alone takes minutes.
    assert time.process_time() - began < 20
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert 0 < longest <= 6


@pytest.mark.parametrize("code", [0x301, 0xE47, 0xF73, 0xF81, 0x344, 0xFE0F, 0x489, 0x302E])
def test_marks_of_every_class_are_few(code: int) -> None:
    """Those of class 0 too: U+0E47 covers the lines above it, and U+0F73 decomposes into two that NFC must sort."""
    began = time.process_time()
    text = clean("a" + chr(code) * 400_000, 400_000)
    # Where they were sorted: minutes.
    assert time.process_time() - began < 10
    assert 1 <= len(text) <= 1 + 2 * 6


def test_no_character_that_is_not_drawn_is_left() -> None:
    for character in map(chr, range(0x110000)):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\n\t":
            shown = clean(character)
            assert shown != character or character in VISIBLE_FORMATS, hex(ord(character))
            assert clean_line(character) == shown


@pytest.mark.parametrize("unit", [b"\xff", b"a", "đ".encode(), b"\xe1\xbb", b"\x80", b"\x00"])
def test_bytes_of_any_length_cost_no_more_than_what_is_shown(unit: bytes) -> None:
    data = b"head" + unit * (8 * 2**20 // len(unit)) + b"tail"
    tracemalloc.start()
    try:
        text = clean(data)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * 2**20
    assert text.startswith("head")
    assert text.endswith("tail")
    assert len(text) == OUTPUT_LIMIT


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.integers(1, 30), st.sampled_from([20, 50]))
def test_bytes_are_cut_as_their_text_would_be(data: bytes, times: int, limit: int) -> None:
    text = clean(data * times, limit)
    assert len(text) <= limit
    # The ends are decoded apart, so a character may be taken for two halves only where nothing is shown.
    assert text == clean((data * times).decode("utf-8", "replace"), limit) or len(data * times) > 16 * limit


def test_few_lines_keeps_the_first_and_the_last() -> None:
    text = "\n".join(map(str, range(1000)))
    shown = few_lines(text, 10).split("\n")
    assert shown == ["0", "1", "2", "3", "4", "5", "[…]", "997", "998", "999"]
    assert few_lines("a\nb", 2) == "a\nb"
    assert few_lines(few_lines(text, 10), 10) == few_lines(text, 10)


def test_each_line_is_indented() -> None:
    assert indented("a\ngrader: 100\n", "  ") == "  a\n  grader: 100\n  "


def test_nothing_is_said_to_be_cut_that_was_not() -> None:
    assert clean("x" * OUTPUT_LIMIT) == "x" * OUTPUT_LIMIT


@settings(max_examples=300, deadline=None)
@given(st.one_of(any_text, awkward), st.sampled_from([20, 50, 8192]))
def test_twice_is_once_and_nothing_unsafe_is_left(text: str, limit: int) -> None:
    for cleaner in (clean, clean_line):
        once = cleaner(text, limit)
        assert len(once) <= limit
        assert not UNSAFE.search(once)
        assert once == unicodedata.normalize("NFC", once)
        assert cleaner(once, limit) == once
        once.encode("utf-8")
