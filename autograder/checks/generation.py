"""How does Hypothesis make its choices here? By a generator of ours: the same on every machine, and quick.

Left to itself, Hypothesis mixes in constants that it finds in whatever modules are loaded, and keeps them in a folder
`.hypothesis`: inputs would depend on the machine. `Choices` is a backend in the sense of Hypothesis: it makes the five
kinds of choices, and strategies, filters and shrinking are used as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, configuration, find, settings
from hypothesis.errors import NoSuchExample, StopTest, UnsatisfiedAssumption
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider
from hypothesis.strategies import SearchStrategy

_BACKEND = "autograder"
_END = 0.06
"""Share of bounded numbers that lie exactly at one end of their range, and the same for the other."""

_WIDEST = 1_000
_MOST_CHARACTERS = 12
_seed: ContextVar[int] = ContextVar("_seed", default=0)


class Choices(PrimitiveProvider):
    """Makes choices from the seed of the draw that is under way."""

    def __init__(self, conjecturedata: Any, /) -> None:
        super().__init__(conjecturedata)
        self._random = Random(_seed.get())

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        low, high = min_value, max_value
        if low is None:
            low = min(shrink_towards, high if high is not None else shrink_towards) - _WIDEST
        if high is None:
            high = max(shrink_towards, low) + _WIDEST
        where = self._random.random()
        if where < 2 * _END:
            return low if where < _END else high
        return self._random.randint(low, high)

    def draw_float(
        self,
        *,
        min_value: float = -math.inf,
        max_value: float = math.inf,
        allow_nan: bool = True,
        smallest_nonzero_magnitude: float,
    ) -> float:
        low = min_value if math.isfinite(min_value) else min(max_value, 0.0) - _WIDEST
        high = max_value if math.isfinite(max_value) else max(low, 0.0) + _WIDEST
        where = self._random.random()
        if where < 2 * _END:
            value = low if where < _END else high
        else:
            # low + (high - low) u may leave the range of float64 on the way.
            share = self._random.random()
            value = low * (1 - share) + high * share
            if where < 0.6:
                value = round(value, 0 if where < 0.3 else 2)
        value = min(max(value, low), high)
        if abs(value) < smallest_nonzero_magnitude:
            value = 0.0 if low <= 0.0 <= high else low
        return value + 0.0  # never -0.0

    def draw_string(self, intervals: Any, *, min_size: int = 0, max_size: int = 10**10) -> str:
        length = self._random.randint(min_size, min(max_size, min_size + _MOST_CHARACTERS))
        return "".join(chr(intervals[self._random.randrange(len(intervals))]) for _ in range(length))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        return self._random.randbytes(
            self._random.randint(min_size, min(max_size, min_size + _MOST_CHARACTERS))
        )


AVAILABLE_PROVIDERS[_BACKEND] = Choices


def _insides() -> dict[str, Any]:
    """What stands in Hypothesis's module of providers while it draws; nothing where this Hypothesis has other insides than
    the one that this was written for."""
    try:
        inside: Any = providers
        none, cache = inside.Constants(), type(inside.CONSTANTS_CACHE)(1024)
        return {"_get_local_constants": lambda: none, "CONSTANTS_CACHE": cache}
    except (AttributeError, TypeError):
        return {}


_INSIDES = _insides()


class Enough(BaseException):
    """Raised by whoever looks at the examples, it ends a search. Not an Exception: that would be a finding."""


@contextmanager
def _without_constants() -> Iterator[None]:
    """While it shrinks, Hypothesis tries random choices of its own, and would mix in constants of the modules that are
    loaded: the hidden suite's among them. To find them it reads all their sources, which takes longer than shrinking."""
    kept = {name: getattr(providers, name, None) for name in _INSIDES}
    for name, own in _INSIDES.items():
        setattr(providers, name, own)
    try:
        yield
    finally:
        for name, theirs in kept.items():
            setattr(providers, name, theirs)


@contextmanager
def _drawing(seed: int) -> Iterator[None]:
    """Choices come from `seed` meanwhile, Hypothesis makes no folder anywhere, and `Enough` ends it."""
    token = _seed.set(seed)
    home: Any = configuration.storage_directory(intent_to_write=False)
    home = getattr(home, "home_directory", home)  # a plain path in Hypothesis up to 2025
    # Nothing can be made below a file.
    configuration.set_hypothesis_home_dir(Path(__file__) / "none")
    try:
        with _without_constants():
            yield
    except Enough:
        pass
    finally:
        configuration.set_hypothesis_home_dir(home)
        _seed.reset(token)


def search(
    strategy: SearchStrategy[Any],
    seed: int,
    examples: int,
    wanted: Callable[[Any], bool],
    *,
    shrink: bool = False,
) -> None:
    """Show `wanted` up to so many examples of a strategy, the simplest first; then, where it accepted one and `shrink`
    is set, ever simpler ones that it might accept too.

    Nothing is kept, printed, timed or refused, and no folder of Hypothesis's own appears. `Enough` ends it.
    Raises  what the strategy or `wanted` raises
    """
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    options = settings(
        max_examples=examples,
        phases=phases,
        backend=_BACKEND,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    with _drawing(seed), suppress(NoSuchExample):
        # The key is of no use without a database; without one, Hypothesis would make it from this file's source.
        find(strategy, wanted, settings=options, random=Random(seed), database_key=b"none")


def first_examples(
    strategy: SearchStrategy[Any], seed: int, examples: int, show: Callable[[Any], object]
) -> None:
    """The examples that `search` would show, without its bookkeeping and five times as fast.

    `Enough` ends it.
    Raises  what the strategy or `show` raises; TypeError, ImportError or AttributeError also where this Hypothesis has
            other insides than the one that this was written for
    """
    from hypothesis.control import BuildContext
    from hypothesis.internal.conjecture.choice import ChoiceTemplate
    from hypothesis.internal.conjecture.data import ConjectureData

    simplest = (ChoiceTemplate("simplest", count=None),)
    with _drawing(seed):
        choices, unused = Choices(None), Random(seed)
        for number in range(examples + 1):
            # Ours make all choices but those of the first example, which nobody has to make.
            data = (
                ConjectureData(prefix=(), random=unused, provider=choices)
                if number
                else ConjectureData(prefix=simplest, random=unused)
            )
            try:
                with BuildContext(data, is_final=False, wrapped_test=first_examples):
                    value = data.draw(strategy)
            except (StopTest, UnsatisfiedAssumption):
                continue
            show(value)
