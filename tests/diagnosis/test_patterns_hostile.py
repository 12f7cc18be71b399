"""No pattern where there is none, none of a student's values breaks it, and it is quick."""

from __future__ import annotations

import hashlib
import math
import statistics
import time
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.diagnosis.patterns import Found, Observation, find
from autograder.diagnosis.why import _how_often
from tests.diagnosis.observe import calls, look
from tests.diagnosis.test_patterns import no_reference, well_formed
from tests.effort import lines_run

NAMES = ["f", "g", "h"]


def noise(*values: Any, salt: int) -> np.random.Generator:
    """Numbers that depend on the arguments in no way that could be said."""
    digest = hashlib.sha256(repr((salt, values)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def right(x: Any, y: Any = None, size: int = 2) -> Any:
    return np.tanh(np.asarray(x, float)) * size + (0.3 if y is None else np.asarray(y, float) ** 3)


def ask(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if name == "g":
        return np.cos(args[0]) * 2.5
    if name == "h":
        return float(np.sum(args[0]))
    return right(*args, **kwargs)


shapes = st.sampled_from([(), (1,), (2,), (5,), (2, 3), (3, 3), (4, 2, 2)])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(shapes, min_size=1, max_size=12),
    st.integers(0, 10**6),
    st.sampled_from(["same", "scalar", "other"]),
)
def test_a_random_wrong_function_gets_no_pattern(shapes: list[tuple[int, ...]], salt: int, form: str) -> None:
    rng = np.random.default_rng(salt)
    observations = []
    for number, shape in enumerate(shapes):
        args = (rng.normal(size=shape), rng.normal(size=shape))
        desired = right(*args) if form != "scalar" else float(np.sum(right(*args)))
        size = np.shape(desired) if form != "other" else (*np.shape(desired), 3)
        actual = noise(number, salt=salt).normal(size=size) * 4
        observations.append(Observation(args, {}, actual if size else float(actual), desired, wrong=True))
    found = find("f", observations, ask, NAMES, ["x", "y", "size"])
    assert found is None, found


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**6))
def test_calls_that_are_wrong_at_random_get_no_condition(salt: int) -> None:
    rng = np.random.default_rng(salt)
    observations = []
    for _ in range(40):
        x = rng.normal(size=(int(rng.integers(1, 5)), 3))
        x = np.round(x, 1) if rng.random() < 0.5 else x
        if rng.random() < 0.3:
            x = np.asfortranarray(x)
        wrong = bool(rng.random() < 0.5)
        desired = right(x)
        actual = desired + rng.normal(size=desired.shape) if wrong else desired
        kwargs = {"size": 2} if rng.random() < 0.5 else {}
        observations.append(
            Observation((x.tolist() if rng.random() < 0.3 else x,), kwargs, actual, desired, wrong)
        )
    assert find("f", observations, ask, NAMES, ["x", "y", "size"]) is None


def one(actual: Any, desired: Any, *args: Any) -> Observation:
    return Observation(args or (np.array([1.5, -2.5]),), {}, actual, desired, wrong=True)


NO_EVIDENCE = {
    "a ratio of single numbers": [one(3.7, 1.0)],
    "a ratio of 3 once": [one(3.0, 1.0)],
    "the same call in two forms": [one(7.4, 2.0), one(7.4, 2.0, [1.5, -2.5])],
    "an offset of single numbers": [one(3.7, 1.2)],
    "a root once": [one(2.0, 4.0, np.array([1.5, 2.5, 7.5]))],
    "zero once": [one(0.0, 4.0)],
    "a reversed pair of equal calls": [one([1.0, 2.0], [2.0, 1.0])] * 2,
    "an argument once": [one(2.5, 4.0, 2.5)],
    "nan once": [one(math.nan, 4.0)],
    "no right call to compare with": [one(i * i + 0.7, float(i), [float(i)] * 3) for i in range(3, 5)],
}


@pytest.mark.parametrize("name", list(NO_EVIDENCE))
def test_too_little_evidence_says_nothing(name: str) -> None:
    found = find("f", NO_EVIDENCE[name], no_reference, ["f"], ["x"])
    assert found is None or (found.kind == "ratio" and "half" in found.text.id), found


class Strange:
    """Raises wherever it is touched."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        raise RuntimeError

    def __iter__(self) -> Any:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def deep() -> list[Any]:
    found: list[Any] = []
    for _ in range(5000):
        found = [found]
    return found


HOSTILE: dict[str, Any] = {
    "None": None,
    "text": "3.0",
    "long text": "x" * 100_000,
    "bytes": b"\x00\xff",
    "bool": True,
    "complex": 1 + 2j,
    "nan": math.nan,
    "inf": -math.inf,
    "huge int": 10**5000,
    "huge ints": [10**400, -(10**5000)],
    "long": 2**64,
    "ragged": [[1.0], [2.0, 3.0]],
    "mixed": [1.0, "two", None, {}],
    "texts": ["1.0", "2.0"],
    "long texts": ["x" * 10_000] * 200,
    "Nones": [None, None, None],
    "empty list": [],
    "empty lists": [[], []],
    "empty array": np.zeros((0, 3)),
    "0-d": np.array(3.0),
    "nans": np.full(3, np.nan),
    "infs": np.array([np.inf, -np.inf, 1.0]),
    "huge": np.full(3, 1e308),
    "tiny": np.full(3, 5e-324),
    "wide": np.zeros((1,) * 8),
    "a million": np.zeros(1_000_000),
    "a million numbers": [0.0] * 1_000_000,
    "lists of lists": [[0.0] * 2000] * 2000,
    "object array": np.array([None, "a"], dtype=object),
    "texts in an array": np.array(["a", "b"]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "records": np.zeros(3, dtype=[("a", float)]),
    "complex array": np.array([1j, 2.0, 3.0]),
    "bools": np.array([True, False, True]),
    "uint64": np.array([2**64 - 1], dtype=np.uint64),
    "half": np.float16(1.5),
    "long double": np.longdouble(1.5),
    "other byte order": np.arange(3.0).astype(">f8"),
    "dict": {"a": 1.0},
    "dict of strange keys": {(1, 2): 1.0, None: 2.0, 10**5000: 3.0, math.nan: 4.0},
    "set": {1, 2},
    "range": range(3),
    "function": len,
    "strange": Strange(),
    "strange things": [Strange(), Strange()],
    "endless": endless(),
    "deep": deep(),
    "matrix": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
}
DESIRED: dict[str, Any] = {
    "number": 2.5,
    "row": np.array([1.0, 2.0, 4.0]),
    "grid": np.arange(6.0).reshape(2, 3),
    "list": [np.ones(2), np.arange(6.0).reshape(2, 3)],
    "tuple": (1.0, {"a": 2.0, "b": np.arange(3.0)}),
    "text": "up",
    "nan": np.array([np.nan, 1.0]),
    "none": None,
    "empty": np.zeros(0),
}


@pytest.mark.parametrize("desired", list(DESIRED))
def test_no_value_breaks_it(desired: str) -> None:
    due = DESIRED[desired]
    for name, value in HOSTILE.items():
        for args in ((np.array([1.0, 2.0, 4.0]), 2), (value,), ([value],)):
            observations = [
                Observation(args, {"k": value}, value, due, wrong=True),
                Observation(args, {}, value, due, wrong=True),
                Observation((3.5,), {}, due, due, wrong=False),
                Observation(
                    args, {}, None, due, wrong=True, raised="Boom", changed=("argument 1", "argument x")
                ),
            ]
            began = time.process_time()
            found = find("f", observations, ask, NAMES, ["x", "y", "size"])
            # Some milliseconds; what is not bounded takes minutes.
            assert time.process_time() - began < 10, name
            if found is not None:
                well_formed(found)


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_reference_that_answers_strangely_breaks_nothing(name: str) -> None:
    row = np.array([1.0, 2.0, 4.0])
    observations = [
        Observation((row * k, k), {}, row * k * k + 0.1, row * k, wrong=True) for k in range(1, 5)
    ]
    found = find("f", observations, lambda *_: HOSTILE[name], NAMES, ["x", "y"])
    assert found is None or isinstance(found, Found)


def test_it_looks_at_a_bounded_number_of_calls_and_asks_a_bounded_number_of_times() -> None:
    rng = np.random.default_rng(4)
    asked = 0

    def counted(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        nonlocal asked
        asked += 1
        return np.asarray(args[0], float) + 1

    observations = [
        Observation(tuple(rng.normal(size=(6, 20))), {}, rng.normal(size=20), rng.normal(size=20), wrong=True)
        for _ in range(3000)
    ]
    find("f", observations, counted, [f"g{n}" for n in range(30)], list("abcdef"))
    assert asked <= 300


def test_an_argument_that_counts_its_uses_is_not_used_up() -> None:
    generator = np.random.default_rng(3)
    before = generator.bit_generator.state
    rows = np.random.default_rng(5).normal(size=(4, 5))
    observations = [Observation((row, generator), {}, row**2 + 1, row, wrong=True) for row in rows]
    find("f", observations, lambda name, args, kwargs: args[1].normal(size=5), NAMES, ["x", "rng"])
    assert generator.bit_generator.state == before


def test_observed_values_stay_as_they_are() -> None:
    row = np.arange(5.0)
    row.flags.writeable = False
    observations = [
        Observation((row * k, [1.0, k]), {}, row * k * 3, row * k, wrong=True) for k in (1.0, 2.0, 5.0)
    ]
    kept = [(one.actual.copy(), one.desired.copy(), one.args[0].copy()) for one in observations]
    assert find("f", observations, ask, NAMES, ["x", "y"]) is not None
    for observation, (actual, desired, first) in zip(observations, kept, strict=True):
        assert np.array_equal(observation.actual, actual)
        assert np.array_equal(observation.desired, desired)
        assert np.array_equal(observation.args[0], first)


@pytest.mark.parametrize(("many", "most"), [(100, 120_000), (3_000, 200_000)])
def test_calls_of_a_hundred_numbers_take_a_few_milliseconds(many: int, most: int) -> None:
    """By counting: 3,000 calls are hardly more work than 100, of which any line of ours would be a part."""
    rng = np.random.default_rng(6)
    rows = rng.normal(size=(many, 2, 100))
    shares = []
    for wrong in (
        lambda y, p: rng.normal(size=100),
        lambda y, p: 3 * y * p,
        lambda y, p: np.where(y < 0, 0, y * p),
    ):
        observations = [
            Observation((y, p), {}, wrong(y, p) if late else y * p, y * p, late)
            for late, (y, p) in ((i >= many // 2, row) for i, row in enumerate(rows))
        ]
        looking = partial(find, "f", observations, no_reference, NAMES, ["y", "p"])
        assert 1_000 < lines_run(looking) < most
        shares += [_seconds(observations) / _unit(rows[:100]) for _ in range(3)]
    # The unit is 4,000 additions of 100 numbers: about 2 ms on an idle machine of 2025. It takes three of them.
    assert statistics.median(shares) < 50


def _seconds(observations: list[Observation]) -> float:
    began = time.process_time()
    find("f", observations, no_reference, NAMES, ["y", "p"])
    return time.process_time() - began


def _unit(rows: Any) -> float:
    began = time.process_time()
    for _ in range(20):
        for y, p in rows:
            np.add(y, p)
            np.add(p, y)
    return time.process_time() - began


def test_the_same_observations_give_the_same_answer() -> None:
    def wrong(x: Any) -> Any:
        return np.where(x > 0, x, 0.1 * x)

    cases = calls(*((np.linspace(-1, 1, n),) for n in (6, 8)))
    assert look(wrong, lambda x: np.maximum(x, 0), cases) == look(wrong, lambda x: np.maximum(x, 0), cases)


@pytest.mark.parametrize("secret", [9, 57, 4093])
def test_a_shape_that_was_chosen_freely_is_not_told(secret: int) -> None:
    """A submission could count hidden inputs by it."""
    rng = np.random.default_rng(5)
    cases = calls(*((rng.normal(size=(n, n + 1)),) for n in (3, 4, 6)))
    longer = look(lambda x: np.pad(2 * x, ((0, 0), (0, secret)), constant_values=0.7), lambda x: 2 * x, cases)
    deeper = look(lambda x: (2 * x).reshape((1,) * (secret % 40) + x.shape), lambda x: 2 * x, cases)
    for found in (longer, deeper):
        assert found is None or not {"actual", "count"} & found.text.fields.keys(), found
    flat = look(lambda x: (2 * x).ravel(), lambda x: 2 * x, cases)
    assert flat is not None
    assert flat.text.fields["actual"] in ("(12,)", "(20,)", "(42,)")
    few = look(lambda x: np.pad(2 * x, ((0, 0), (0, 2)), constant_values=0.7), lambda x: 2 * x, cases)
    assert few is not None
    assert few.text.fields["actual"] == "(3, 6)"


def test_how_often_it_raises_is_not_counted() -> None:
    def failing(times: int) -> Any:
        made = iter(range(100))

        def f(x: Any) -> Any:
            if next(made) in range(3, 3 + times):
                raise ValueError
            return 3 * x

        return f

    cases = calls(*((np.linspace(1, 2, 3) + n * n % 7,) for n in range(12)))
    told = {repr(look(failing(times), lambda x: x, cases)) for times in (2, 3, 4)}
    assert len(told) == 1
    assert not any(character.isdigit() for text in told for character in text.partition("hint")[2])


def test_how_often_it_is_right_is_told_roughly() -> None:
    """A number from 0 to 400 would be eight bits of hidden inputs for each function."""
    told = [_how_often(right, 400) for right in range(400)]
    assert len({one.id for one in told}) == 3
    assert not any(one.fields for one in told)
