from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from autograder.course import Course, cut
from autograder.errors import CourseError


def test_all_forms_at_once() -> None:
    reference = dedent('''
        """Docstring."""
        import numpy as np
        # BEGIN SOLUTION
        import math
        # END SOLUTION

        LIMIT = 3


        # BEGIN SOLUTION
        def _helper(x):
            return x


        # END SOLUTION
        @np.vectorize
        def f(x, *, size=2):
            """Says `# BEGIN SOLUTION` in a string.
            # BEGIN SOLUTION
            """
            x = x + 1
            # BEGIN SOLUTION
            if x:
                return _helper(x)
            # END SOLUTION
            # BEGIN SOLUTION
            return math.pi
            # END SOLUTION


        class Node:
            """A node."""

            def __init__(self, value):
                # BEGIN SOLUTION
                self.value = value
                # END SOLUTION

            # BEGIN SOLUTION
            def _private(self):
                return 1
            # END SOLUTION

            def backward(self):
                """Fills."""
                # BEGIN SOLUTION
                self.grad = 1.0
                # END SOLUTION


        # BEGIN SOLUTION
        def _last():
            pass
        # END SOLUTION
    ''').lstrip("\n")
    assert cut(reference) == dedent('''
        """Docstring."""
        import numpy as np

        LIMIT = 3


        @np.vectorize
        def f(x, *, size=2):
            """Says `# BEGIN SOLUTION` in a string.
            # BEGIN SOLUTION
            """
            x = x + 1
            # TODO f: your code instead of the next line.
            raise NotImplementedError("f is not written yet")


        class Node:
            """A node."""

            def __init__(self, value):
                # TODO Node.__init__: your code instead of the next line.
                raise NotImplementedError("Node.__init__ is not written yet")

            def backward(self):
                """Fills."""
                # TODO Node.backward: your code instead of the next line.
                raise NotImplementedError("Node.backward is not written yet")
    ''').lstrip("\n")


def test_a_reference_without_regions_is_its_own_stub() -> None:
    source = "import numpy as np\n\n\n\ndef f():\n    pass\n"
    assert cut(source) == source


def test_the_course_fixture(tiny_course: Course) -> None:
    sums = tiny_course.assignment("sums")
    stub = cut(sums.reference_path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef)}
    assert list(functions) == ["add", "mean_of"]
    assert "_as_floats" not in stub
    assert "Returns  array of that shape" in (ast.get_docstring(functions["add"]) or "")


def test_functions_inside_functions_go_by_the_outer_name() -> None:
    stub = cut(
        "def f():\n    def g():\n        # BEGIN SOLUTION\n        return 1\n"
        "        # END SOLUTION\n    return g\n"
    )
    assert 'raise NotImplementedError("f is not written yet")' in stub


B, E = "# BEGIN SOLUTION\n", "# END SOLUTION\n"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        (f"def f():\n    {B}    return 1\n", r"Line 2: .*never ended"),
        (f"def f():\n    return 1\n    {E}", r'Line 3: .*without a "# BEGIN SOLUTION"'),
        (f"{B}{B}x = 1\n{E}{E}", r"Line 2: .*line 1.*nest"),
        ("def f():\n    # Begin solution\n    return 1\n", r'Line 2: .*exactly "# BEGIN SOLUTION"'),
        (f"def f():\n    ##{B}    return 1\n", r'Line 2: .*exactly "# BEGIN SOLUTION"'),
        (f"def f():\n    return 1  {B}{E}", r"Line 2: .*line of its own"),
        (f"def f():\n    {B}    return 1\n{E}", r"Line 4: .*indented by 0.*by 4"),
        (f"def f():\n    {B}    {E}    return 1\n", r"Line 2: .*no whole statement"),
        (f"x = 0\n{B}y = [\n{E}1]\n", r"no whole statement"),
        (f"{B}x = 1\ny = [\n{E}1]\n", r"Line 3: .*middle of this statement"),
        (f"y = [\n{B}1]\nx = 1\n{E}", r"Line 1: .*middle of this statement"),
        (f"def f():\n    pass\n{B}    return 1\ndef g():\n    pass\n{E}", r"Line 3: .*several blocks"),
        (f"if a:\n    pass\n    {B}    x = 1\ny = 2\n    {E}", r"Line 3: .*several blocks"),
        ("def f(:\n", r"Not valid Python"),
        (f"class A:\n    {B}    x = 1\n    {E}", r"generated stub"),
    ],
)
def test_markers_that_do_not_fit_are_refused_with_the_line(reference: str, told: str) -> None:
    with pytest.raises(CourseError, match=told):
        cut(reference)
