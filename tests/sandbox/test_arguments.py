from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograder.errors import SuiteError
from autograder.sandbox.arguments import LONGEST, Arguments, as_arguments, show_call, show_value


def shown(*args: Any, **kwargs: Any) -> str:
    return show_call("f", Arguments(args, kwargs))


class Forwarding:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"asked for {name}")

    def __call__(self) -> None: ...


def test_a_tuple_is_positional_and_arguments_stay() -> None:
    assert as_arguments((1, 2)) == Arguments((1, 2))
    case = Arguments((1,), {"size": 2})
    assert as_arguments(case) is case


@pytest.mark.parametrize("case", [[1.0], 1.0, None, np.ones(2), {"x": 1}])
def test_anything_else_is_the_suites_fault(case: object) -> None:
    with pytest.raises(SuiteError, match="comma"):
        as_arguments(case)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([-1.0, 2.0], "[-1.0, 2.0]"),
        ((1,), "(1,)"),
        ((), "()"),
        ({"x": 1.0}, "{'x': 1.0}"),
        (None, "None"),
        (True, "True"),
        ("bce", "'bce'"),
        (0.1, "0.1"),
        (1e-06, "1e-06"),
        (math.nan, "np.nan"),
        (-math.inf, "-np.inf"),
        (np.float64(0.1), "np.float64(0.1)"),
        (np.float32(0.1), "np.float32(0.1)"),
        (np.int64(3), "np.int64(3)"),
        (np.array([1.0, np.nan]), "np.array([1.0, np.nan])"),
        (np.array([1, 2]), "np.array([1, 2])"),
        (np.array([[True], [False]]), "np.array([[True], [False]])"),
        (np.array([0.1, 2], np.float32), "np.array([0.1, 2.0], dtype=np.float32)"),
        (np.array([1, 2], np.uint8), "np.array([1, 2], dtype=np.uint8)"),
        (np.array([1.0], ">f8"), "np.array([1.0], dtype='>f8')"),
        (np.array(0.5), "np.array(0.5)"),
        (np.array([]), "np.array([])"),
        (np.zeros((0, 3)), "np.zeros((0, 3))"),
        (math.sin, "<function>"),
        (lambda x: x, "<function>"),
        (np.exp, "<function>"),
        (1 << 4000, "<an int of 4001 bits>"),
    ],
)
def test_values_are_written_as_typed(value: object, text: str) -> None:
    assert shown(value) == f"f({text})"
    assert show_value(value) == text


def test_keywords_and_several_arguments() -> None:
    assert shown([1.0], 2, size=3, loss="bce") == "f([1.0], 2, size=3, loss='bce')"


def test_handles_are_never_asked() -> None:
    assert shown(Forwarding()) == "f(<object>)"


def test_a_generator_of_random_numbers_is_named() -> None:
    assert shown(np.random.default_rng(0)) == "f(<Generator>)"


def test_what_values_do_not_show_is_a_comment() -> None:
    array = np.arange(6.0).reshape(2, 3)
    frozen = array.copy()
    frozen.flags.writeable = False
    assert shown(frozen).endswith("  # read-only")
    assert shown(np.asfortranarray(array)).endswith("  # Fortran order")
    assert shown(array[:, ::2]).endswith("  # strided")
    assert "#" not in shown(array)


@pytest.mark.parametrize(
    "args",
    [
        (np.random.default_rng(0).uniform(size=(30, 40)),),
        (np.random.default_rng(0).uniform(size=(2, 20)).tolist(), np.random.default_rng(1).normal(size=50)),
        ([np.ones((5, 5)), np.ones((5, 5)), np.ones((5, 5))],),
        ("x" * 1000,),
        ({f"key {i}": np.ones(10) for i in range(100)},),
        tuple(np.ones(100) for _ in range(50)),
        (["a"] * 10_000,),
    ],
)
def test_long_calls_are_shortened(args: tuple[Any, ...]) -> None:
    text = shown(*args)
    assert text.startswith("f(")
    assert len(text) <= LONGEST


def test_a_large_array_ends_with_its_shape() -> None:
    text = shown(np.arange(1200.0).reshape(30, 40))
    assert text.startswith("f(np.array([[0.0, 1.0, 2.0,")
    assert text.endswith("..., shape=(30, 40)))".replace("...,", "...]],"))


def test_rounding_is_admitted() -> None:
    numbers = np.random.default_rng(0).uniform(size=15)
    text = shown(numbers)
    assert text.endswith("# numbers rounded")
    assert f"{numbers[0]:.6g}" in text
    assert "rounded" not in shown(numbers[:3])
    assert repr(float(numbers[0])) in shown(numbers[:3])


def test_nested_rubbish_ends() -> None:
    value: Any = []
    for _ in range(500):
        value = [value]
    assert len(shown(value)) <= LONGEST
