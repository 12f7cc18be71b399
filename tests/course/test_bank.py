from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from autograder.course import Course, compose, mistakes, variants
from autograder.errors import CourseError
from tests.conftest import write

REFERENCE = dedent('''
    """Reference."""
    import numpy as np

    # BEGIN SOLUTION
    def _helper(x):
        return x
    # END SOLUTION


    @np.vectorize
    def f(x):
        """Doc."""
        # BEGIN SOLUTION
        return _helper(x)
        # END SOLUTION


    class Node:
        def backward(self):
            # BEGIN SOLUTION
            pass
            # END SOLUTION


    def g(x):
        # BEGIN SOLUTION
        return f(x)
        # END SOLUTION
''').lstrip("\n")


def test_the_banks_of_the_course(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")
    (mistake,) = mistakes(sums)
    assert (mistake.name, mistake.title, mistake.costs) == (
        "sum_not_mean",
        "The sum instead of the mean.",
        ("mean_of",),
    )
    assert mistake.explanation["vi"].startswith("Hàm của bạn")
    (variant,) = variants(sums)
    assert (variant.name, variant.costs, dict(variant.explanation)) == ("loops", (), {})


def test_compose_replaces_in_place_and_puts_helpers_first() -> None:
    entry = dedent('''
        """The mistake."""
        from __future__ import annotations
        COSTS = ["f"]
        EXPLANATION = {"en": "x"}
        import numpy as np
        import math

        EPSILON = 1e-3


        # a comment that belongs to f
        @np.frompyfunc
        def f(x):
            return math.pi * EPSILON


        def extra():
            return 1
    ''')
    assert compose(REFERENCE, entry) == dedent('''
        """Reference."""
        from __future__ import annotations

        import numpy as np

        import math


        EPSILON = 1e-3


        def extra():
            return 1


        def _helper(x):
            return x


        # a comment that belongs to f
        @np.frompyfunc
        def f(x):
            return math.pi * EPSILON


        class Node:
            def backward(self):
                pass


        def g(x):
            return f(x)
    ''').lstrip("\n")


def test_compose_with_nothing_is_the_reference_without_markers() -> None:
    composed = compose(REFERENCE, '"""Nothing."""\n')
    assert "SOLUTION" not in composed
    assert ast.dump(ast.parse(composed)) == ast.dump(ast.parse(REFERENCE))


def test_every_entry_composes_to_a_file_with_all_names(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")
    reference = sums.reference_path.read_text(encoding="utf-8")
    for entry in (*mistakes(sums), *variants(sums)):
        composed = compose(reference, entry.source)
        names = [node.name for node in ast.parse(composed).body if isinstance(node, ast.FunctionDef)]
        assert names == ["_as_floats", "add", "mean_of"]
        for secret in ("COSTS", "EXPLANATION", "SOLUTION", entry.title):
            assert secret not in composed


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            '"""T."""\nCOSTS = ["mean"]\nEXPLANATION = {"en": "x"}\n',
            r'COSTS names "mean".*Did you mean "mean_of"',
        ),
        ('"""T."""\nEXPLANATION = {"en": "x"}\n', r"COSTS is missing"),
        ('"""T."""\nCOSTS = ["add"]\n', r"EXPLANATION is missing"),
        ('COSTS = ["add"]\nEXPLANATION = {"en": "x"}\n', r"no docstring"),
        ('"""T."""\nCOSTS = [print("executed")]\n', r"line 2: COSTS must be a literal"),
        ('"""T."""\ndef f(:\n', r"line 2: not valid Python"),
    ],
)
def test_an_entry_that_breaks_the_contract(
    tiny_course: Course, source: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sums = tiny_course.assignment("sums")
    write(sums.mistakes_dir / "broken.py", source)
    with pytest.raises(CourseError, match=told) as caught:
        mistakes(sums)
    assert "broken.py" in str(caught.value)
    assert capsys.readouterr().out == ""


def test_a_variant_costs_nothing(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")
    write(sums.variants_dir / "wrong.py", '"""T."""\nCOSTS = ["add"]\n')
    with pytest.raises(CourseError, match="a variant keeps every point"):
        variants(sums)
