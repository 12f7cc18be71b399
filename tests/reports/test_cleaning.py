"""What `autograder.cleaning` promises: nothing acts, nothing hides, nothing is unbounded, twice is once."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cleaning import OUTPUT_LIMIT, UNSAFE, clean, clean_line

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
    start = time.perf_counter()
    text = clean("a" + "\u0301\u0316" * 200_000, 200_000)
    # Unbounded, the quadratic sort alone takes many times as long.
    assert time.perf_counter() - start < 3
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert 0 < longest <= 6


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
