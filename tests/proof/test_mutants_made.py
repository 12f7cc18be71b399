"""Which mutants are made of a source? Each operator what it promises, each mutant once, and nothing that must stay."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from autograder.proof.mutants.make import MODULE, Mutant, mutants


def made(source: str) -> list[Mutant]:
    return mutants(dedent(source).lstrip("\n"))


def changed_to(
    body: str, operator: str, head: str = "def f(a, b, c):", top: str = "import numpy as np"
) -> set[str]:
    """What one line of a function becomes by one operator."""
    source = f"{top}\n\n{head}\n    {body}\n"
    return {"\n".join(one.after) for one in made(source) if one.operator == operator}


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("arithmetic", "return a + 1.5", {"return a - 1.5", "return a * 1.5"}),
        ("arithmetic", "return a / b", {"return a * b", "return a // b"}),
        ("arithmetic", "return a @ b", {"return a * b"}),
        ("arithmetic", "a -= b", {"a += b", "a *= b"}),
        # Parentheses where the meaning would change, and only there.
        (
            "arithmetic",
            "return (a - b) ** c",
            {
                "return (a + b) ** c", "return (a * b) ** c",
                "return (a - b) * c", "return (a - b) / c",
            },
        ),
        (
            "arithmetic",
            "return a * b ** c",
            {
                "return a / b ** c", "return a + b ** c",
                "return a * (b * c)", "return a * (b / c)",
            },
        ),
        ("operand", "return a - b", {"return a", "return b", "return b - a"}),
        ("operand", "return a * b", {"return a", "return b"}),
        ("sign", "return -a", {"return a"}),
        ("constant", "return 3", {"return 4", "return 2", "return 6", "return 0", "return -3"}),
        ("constant", "return 0.5", {"return 1.5", "return -0.5", "return 1.0", "return 0.0"}),
        ("constant", "return True", {"return False"}),
        ("word", "return a['x']", {"return a['x_']"}),
        ("comparison", "return a < b", {"return a <= b", "return a >= b"}),
        ("comparison", "return a == b", {"return a != b", "return a >= b", "return a <= b"}),
        ("comparison", "return a == 'x'", {"return a != 'x'"}),
        (
            "comparison",
            "return a <= b < c",
            {
                "return a < b < c", "return a > b < c", "return a <= b <= c",
                "return a <= b >= c", "return b < c", "return a <= b",
            },
        ),
        ("boolean", "return a and b", {"return a or b", "return a", "return b"}),
        ("condition", "return a if c else b", {"return b if c else a", "return a", "return b"}),
        ("condition", "if a: b()", {"if not a: b()", "if True: b()", "if False: b()"}),
        (
            "condition",
            "return [x for x in a if x]",
            {
                "return [x for x in a if not x]", "return [x for x in a if True]",
                "return [x for x in a if False]",
            },
        ),
        ("arguments", "return g(a, b)", {"return g(b, a)", "return a"}),
        ("arguments", "return np.maximum(a, b)", {"return a"}),  # both orders are the same
        ("arguments", "return np.asarray(a, dtype=float)", {"return np.asarray(a)", "return a"}),
        ("arguments", "return a.astype(float)", {"return a"}),
        ("arguments", "return a.copy()", {"return a"}),
        ("arguments", "return a.sum(axis=0)", {"return a.sum()", "return a"}),
        ("order", "return {'x': a, 'y': b}", {"return {'x': b, 'y': a}"}),
        ("order", "return a[0, 1]", {"return a[1, 0]", "return a[(1, 0)]"}),
        ("parameter", "return a", {"return b"}),
        ("parameter", "return c", {"return a"}),
        ("off_by_one", "return a[:b]", {"return a[1:b]", "return a[:]", "return a[:b + 1]", "return a[:b - 1]"}),
        ("off_by_one", "return a[::2]", {"return a[1::2]", "return a[:-1:2]", "return a[:]"}),
        ("off_by_one", "return range(a)", {"return range(a + 1)", "return range(a - 1)"}),
        ("off_by_one", "return a[b]", {"return a[b + 1]", "return a[b - 1]"}),
        ("dropped", "a = b", {"pass"}),
        ("dropped", "d = b", set()),  # whoever reads d would get a NameError
        ("dropped", "a += b", {"pass"}),
        ("dropped", "a.append(b)", {"pass"}),
        ("dropped", "raise a", {"pass"}),
        ("dropped", "return a", set()),  # the function's last word is for `answer` and `operand`
        ("accumulation", "a.x += b", {"a.x = b"}),
        ("accumulation", "a = a - b", {"a -= b"}),
        ("answer", "return a, b", {"return a"}),
        ("error", "raise ValueError(a)", {"raise TypeError(a)"}),
        ("loop", "for d in a: b(d)", {"for d in (): b(d)"}),
        ("function", "return np.sum(a)", {"return np.mean(a)", "return np.prod(a)"}),
        ("function", "return a.min()", {"return a.max()"}),
        ("function", "return np.log(a)", {"return np.log10(a)", "return np.log1p(a)", "return np.log2(a)"}),
        ("function", "return np.exp(a)", {"return np.expm1(a)", "return np.exp2(a)"}),
        ("function", "return np.maximum(a, 0)", {"return np.minimum(a, 0)"}),
        ("function", "return np.array(a)", {"return np.asarray(a)"}),
        ("axis", "return np.sum(a, axis=1)", {"return np.sum(a, axis=0)", "return np.sum(a, axis=None)"}),
        ("axis", "return a.max(axis=(0, 1))", {"return a.max(axis=0)", "return a.max(axis=1)", "return a.max(axis=None)"}),
        ("keepdims", "return a.max(axis=0)", {"return a.max(axis=0, keepdims=True)"}),
        (
            "dtype",
            "return np.zeros(3, dtype=float)",
            {
                "return np.zeros(3, dtype=np.float32)",
                "return np.zeros(3, dtype=int)",
            },
        ),
        ("dtype", "return np.float64(a)", {"return np.float32(a)"}),
        ("layout", "return a.T", {"return a"}),
        ("layout", "return a.ravel()", {"return a.ravel(order='F')"}),
        ("layout", "return a @ b", {"return a.T @ b"}),
        ("size", "return a.size", {"return a.shape[0]"}),
    ],
)  # fmt: skip
def test_an_operator_makes_what_it_promises(operator: str, body: str, expected: set[str]) -> None:
    got = changed_to(body, operator)
    # What differs in its parentheses only is one and the same.
    assert {ast.dump(ast.parse(line)) for line in got if line != "pass" or expected} >= {
        ast.dump(ast.parse(line)) for line in expected
    }
    assert len(got) == len({ast.dump(ast.parse(line)) for line in expected}), got


def test_break_and_continue() -> None:
    source = "def f(a):\n    for x in a:\n        if x:\n            break\n        continue\n"
    got = {(one.before, one.after) for one in made(source) if one.operator == "loop"}
    assert got == {
        (("break",), ("continue",)),
        (("break",), ("pass",)),
        (("continue",), ("break",)),
        (("continue",), ("pass",)),
        (("for x in a:",), ("for x in ():",)),
    }


def test_default_values_are_mutated() -> None:
    heads = {one.after[0] for one in made("def f(a, size=2, *, deep=False):\n    return 'x'\n")}
    assert {f"def f(a, size={n}, *, deep=False):" for n in (3, 1, 4, 0, -2)} <= heads
    assert "def f(a, size=2, *, deep=True):" in heads


def test_an_early_return_can_be_forgotten_and_the_last_one_not() -> None:
    source = "def f(a):\n    if a:\n        return 1\n    return 2\n"
    dropped = [one for one in made(source) if one.operator == "dropped"]
    assert [one.before for one in dropped] == [("return 1",)]


UNTOUCHED = '''
    """The module's docstring, 1 + 1."""
    import math

    # A comment about 2 * 2.
    class Box:
        """A class with 3 words."""

        def put(self, x: "int | float" = 0) -> "Box":
            """One line, 4 < 5."""
            if x < 0:
                raise ValueError(f"{x} is below {0}, it must be {'at least'} 0")
            return self
'''


def test_words_for_people_stay() -> None:
    kept = [
        '"""The module\'s docstring, 1 + 1."""',
        "# A comment about 2 * 2.",
        '"""A class with 3 words."""',
    ]
    kept += ['"""One line, 4 < 5."""', 'x: "int | float"', '-> "Box"', "import math"]
    got = made(UNTOUCHED)
    assert got
    for one in got:
        assert all(text in one.source for text in kept), one.id
        if one.operator not in ("dropped", "error"):
            assert "{x} is below {0}, it must be {'at least'} 0" in one.source, one.id


def test_a_change_belongs_to_the_function_around_it() -> None:
    source = """
        LIMIT = 3

        def outer(a):
            def inner(b):
                return b + 1
            return inner(a)

        class Box:
            depth = 2

            def put(self, x):
                return x * 5
    """
    owners = {(one.before[0].strip(), one.function) for one in made(source)}
    assert ("LIMIT = 3", MODULE) in owners
    assert ("return b + 1", "outer") in owners
    assert ("depth = 2", "Box") in owners
    assert ("return x * 5", "Box.put") in owners
    assert {owner for _line, owner in owners} == {MODULE, "outer", "Box", "Box.put"}


BUSY = """
    import numpy as np

    def f(x, y):
        s = x - x
        s = x - x
        t = np.sum((x - y) ** 2, axis=0) / x.size
        return t if np.all(x > 0) and y != 0 else -1.0 * np.maximum(s, x)[::-1]
"""


def test_no_mutant_is_made_twice_and_none_is_the_source() -> None:
    source = dedent(BUSY).lstrip("\n")
    got = mutants(source)
    trees = [ast.dump(ast.parse(one.source)) for one in got]
    assert len(trees) == len(set(trees))
    assert ast.dump(ast.parse(source)) not in trees
    for one in got:
        compile(one.source, one.id, "exec")


def test_no_id_is_given_twice() -> None:
    """Two equal lines in one function have mutants of the same words."""
    got = made(BUSY)
    ids = [one.id for one in got]
    assert len(ids) == len(set(ids))
    assert {"f: s = x - x => s = x + x", "f: s = x - x => s = x + x #2"} <= set(ids)


def test_ids_survive_edits_elsewhere() -> None:
    source = dedent(BUSY).lstrip("\n")
    edited = source.replace(
        "import numpy as np\n", '"""New."""\nimport numpy as np\n\nA = 1\n\ndef g(z):\n    return z\n'
    )
    edited = edited.replace("    s = x - x\n", "    # why\n    s = x - x  # and how\n", 1)
    before = {one.id for one in mutants(source)}
    assert before <= {one.id for one in mutants(edited)}


def test_only_the_changed_line_is_written_anew() -> None:
    source = "def f(a, b):  # é ∂\n    c = ( a+b )   # π: keep this\n    return c*2\n"
    for one in mutants(source):
        old, new = source.splitlines(), one.source.splitlines()
        assert len(old) == len(new)
        assert sum(x != y for x, y in zip(old, new, strict=True)) == 1, one.id
        assert new[one.line - 1] != old[one.line - 1]
        if one.operator == "arithmetic" and one.line == 2:
            assert "# π: keep this" in new[1]


def test_a_source_that_is_not_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        mutants("def f(:\n")
