"""Points are exact inside, rounded once, and always add up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading.points import apportion


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.fractions(min_value=Fraction(1, 1000), max_value=1000), min_size=1, max_size=12),
    st.integers(0, 10_000),
)
def test_parts_sum_to_the_whole_and_none_is_off_by_a_cent(shares: list[Fraction], total: int) -> None:
    parts = apportion(shares, total)
    assert sum(parts) == total
    for share, part in zip(shares, parts, strict=True):
        assert abs(part - share * total / sum(shares)) < 1


def test_thirds_of_a_point() -> None:
    assert apportion([Fraction(1)] * 3, 100) == [34, 33, 33]


def test_the_largest_remainder_gets_the_cent() -> None:
    # 10 cents in proportion 5 : 3 : 1 are 5.56, 3.33 and 1.11: the cent left over belongs to the first.
    assert apportion([Fraction(5), Fraction(3), Fraction(1)], 10) == [6, 3, 1]
    # 7 cents in proportion 1 : 1 : 5 are 1, 1 and 5 exactly.
    assert apportion([Fraction(1), Fraction(1), Fraction(5)], 7) == [1, 1, 5]


def test_decimal_weights_are_taken_as_written() -> None:
    assert apportion([Fraction("0.1"), Fraction("0.2")], 3) == [1, 2]
