"""What are the same 24 checks everywhere? Eight small functions on NumPy arrays, three checks of each, written once.

A check is lines of plain Python with assertions, in which the function stands by its own name. They are emitted as a hidden
suite of ours, an nbgrader course, an otter assignment and a pytest file, and run as they are by the two floors.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

NAME = "arrays"
MAIN = "arrays.py"
IMPORT = "import numpy as np"


@dataclass(frozen=True)
class Check:
    """One check. lines: Python with assertions; `function` and `np` are all that they need."""

    function: str
    title: str
    lines: str

    @property
    def name(self) -> str:
        return f"test_{self.function}_{self.title.replace(' ', '_')}"


@dataclass(frozen=True)
class Solved:
    """A right solution of one function, another right one, wrong ones, and the checks."""

    right: str
    other: str
    wrong: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]


SOLUTIONS: dict[str, Solved] = {
    "relu": Solved(
        "return np.maximum(x, 0)",
        "return np.where(np.asarray(x) > 0, x, 0)",
        ("return np.abs(x)", "return np.maximum(x, 0.01 * x)"),
        (
            ("values", "assert np.allclose(relu(np.array([-2.0, -0.5, 0.0, 3.0])), [0.0, 0.0, 0.0, 3.0])"),
            (
                "a matrix",
                "x = np.arange(-6.0, 6.0).reshape(3, 4)\ngot = relu(x)\nassert got.shape == (3, 4)\n"
                "assert np.allclose(got, np.clip(x, 0, None))",
            ),
            (
                "changes nothing",
                "x = np.array([-1.0, 1.0])\ngot = relu(x)\nassert got is not x and x.tolist() == [-1.0, 1.0]",
            ),
        ),
    ),
    "softmax": Solved(
        "e = np.exp(x - np.max(x, axis=-1, keepdims=True))\nreturn e / np.sum(e, axis=-1, keepdims=True)",
        "x = np.asarray(x, dtype=float)\nx = x - x.max(-1)[..., None]\nreturn np.exp(x) / np.exp(x).sum(-1)[..., None]",
        (
            "e = np.exp(x)\nreturn e / np.sum(e, axis=-1, keepdims=True)",
            "e = np.exp(x - np.max(x))\nreturn e / np.sum(e)",
        ),
        (
            (
                "rows sum to one",
                "x = np.linspace(-3.0, 4.0, 20).reshape(4, 5)\nassert np.allclose(softmax(x).sum(axis=-1), np.ones(4))",
            ),
            (
                "values",
                "assert np.allclose(softmax(np.log(np.array([[1.0, 2.0, 5.0]]))), [[0.125, 0.25, 0.625]])",
            ),
            (
                "large values",
                "got = softmax(np.array([[1000.0, 1000.0], [0.0, 800.0]]))\nassert np.allclose(got, [[0.5, 0.5], [0.0, 1.0]])",
            ),
        ),
    ),
    "one_hot": Solved(
        "return np.eye(classes)[labels]",
        "made = np.zeros((len(labels), classes))\nmade[np.arange(len(labels)), labels] = 1\nreturn made",
        ("return np.eye(classes + 1)[labels]", "return np.eye(classes)[:, labels][::-1]"),
        (
            (
                "values",
                "assert np.array_equal(one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])",
            ),
            ("shape", "assert one_hot(np.array([1, 1, 0, 3]), 6).shape == (4, 6)"),
            (
                "finds the labels again",
                "labels = np.array([0, 4, 2, 2, 1, 3])\nassert np.array_equal(np.argmax(one_hot(labels, 5), axis=1), labels)",
            ),
        ),
    ),
    "standardise": Solved(
        "return (x - np.mean(x, axis=0)) / np.std(x, axis=0)",
        "x = np.array(x, dtype=float)\nx -= x.mean(0)\nreturn x / np.sqrt((x**2).mean(0))",
        (
            "return (x - np.mean(x)) / np.std(x)",
            "return (x - np.mean(x, axis=0)) / np.std(x, axis=0, ddof=1)",
        ),
        (
            (
                "means are zero",
                "x = np.array([[1.0, 10.0], [2.0, 40.0], [6.0, 10.0]])\nassert np.allclose(standardise(x).mean(axis=0), 0.0)",
            ),
            (
                "deviations are one",
                "x = np.array([[1.0, 10.0], [2.0, 40.0], [6.0, 10.0]])\nassert np.allclose(standardise(x).std(axis=0), 1.0)",
            ),
            (
                "values",
                "assert np.allclose(standardise(np.array([[1.0], [3.0]])), [[-1.0], [1.0]])",
            ),
        ),
    ),
    "mean_square": Solved(
        "return np.mean((np.asarray(p) - np.asarray(y)) ** 2)",
        "p, y = np.ravel(p), np.ravel(y)\nreturn float(np.dot(p - y, p - y) / len(p))",
        ("return np.sum((p - y) ** 2)", "return np.mean((p - y) ** 2) / 2"),
        (
            (
                "values",
                "assert np.isclose(mean_square(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 0.0])), 13.0 / 3.0)",
            ),
            (
                "nothing wrong",
                "assert np.isclose(mean_square(np.array([0.5, 0.25]), np.array([0.5, 0.25])), 0.0)",
            ),
            (
                "a scalar",
                "assert np.ndim(mean_square(np.ones((3, 2)), np.zeros((3, 2)))) == 0",
            ),
        ),
    ),
    "accuracy": Solved(
        "return np.mean(np.argmax(scores, axis=1) == labels)",
        "right = 0\nfor row, label in zip(scores, labels):\n    right += int(np.argmax(row) == label)\n"
        "return right / len(labels)",
        (
            "return np.sum(np.argmax(scores, axis=1) == labels)",
            "return np.mean(np.argmin(scores, axis=1) == labels)",
        ),
        (
            (
                "values",
                "scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])\n"
                "assert np.isclose(accuracy(scores, np.array([1, 0, 0, 0])), 0.75)",
            ),
            ("all right", "assert np.isclose(accuracy(np.eye(4), np.arange(4)), 1.0)"),
            ("none right", "assert np.isclose(accuracy(np.eye(3), np.array([1, 2, 0])), 0.0)"),
        ),
    ),
    "clip_norm": Solved(
        "norm = np.linalg.norm(g)\nreturn g * (limit / norm) if norm > limit else np.array(g)",
        "norm = np.sqrt(np.sum(np.square(g)))\nreturn np.asarray(g) / max(1.0, norm / limit)",
        ("return np.clip(g, -limit, limit)", "return g * (limit / np.linalg.norm(g))"),
        (
            (
                "a long one",
                "assert np.allclose(clip_norm(np.array([3.0, 4.0]), 1.0), [0.6, 0.8])",
            ),
            (
                "a short one stays",
                "assert np.allclose(clip_norm(np.array([0.3, -0.4]), 1.0), [0.3, -0.4])",
            ),
            (
                "direction stays",
                "g = np.array([5.0, -12.0, 0.5])\ngot = clip_norm(g, 2.0)\n"
                "assert np.allclose(got / np.linalg.norm(got), g / np.linalg.norm(g))",
            ),
        ),
    ),
    "moving_average": Solved(
        "return np.convolve(x, np.ones(width) / width, mode='valid')",
        "return np.array([np.mean(x[i:i + width]) for i in range(len(x) - width + 1)])",
        (
            "return np.convolve(x, np.ones(width) / width, mode='same')",
            "return np.convolve(x, np.ones(width), mode='valid')",
        ),
        (
            (
                "values",
                "assert np.allclose(moving_average(np.array([1.0, 2.0, 6.0, 4.0]), 2), [1.5, 4.0, 5.0])",
            ),
            ("length", "assert len(moving_average(np.arange(10.0), 4)) == 7"),
            (
                "a constant stays",
                "assert np.allclose(moving_average(np.full(8, 2.5), 3), 2.5)",
            ),
        ),
    ),
}

PARAMETERS = {
    "relu": "x",
    "softmax": "x",
    "one_hot": "labels, classes",
    "standardise": "x",
    "mean_square": "p, y",
    "accuracy": "scores, labels",
    "clip_norm": "g, limit",
    "moving_average": "x, width",
}
FUNCTIONS = tuple(SOLUTIONS)
CHECKS = tuple(Check(name, title, lines) for name, one in SOLUTIONS.items() for title, lines in one.checks)

MIX = "of 20: 12 right (in two styles), 6 with one known mistake, 1 that raises in one function, 1 with one not written"
"""What `bodies` makes of a class, in words."""


def bodies(number: int) -> dict[str, str]:
    """The solution of student `number`: function → body."""
    kind, turn = number % 20, number // 20
    made = {name: one.other if kind % 2 else one.right for name, one in SOLUTIONS.items()}
    chosen = FUNCTIONS[(number + turn) % len(FUNCTIONS)]
    if kind in (3, 6, 9, 12, 15, 18):
        made[chosen] = SOLUTIONS[chosen].wrong[turn % 2]
    elif kind == 5:
        made[chosen] = "return undefined_name"
    elif kind == 10:
        made[chosen] = "raise NotImplementedError"
    return made


def definition(name: str, body: str) -> str:
    return f"def {name}({PARAMETERS[name]}):\n{indent(body, '    ')}\n"


def source(number: int) -> str:
    """The file that student `number` hands in. No two are the same."""
    parts = [definition(name, body) for name, body in bodies(number).items()]
    return "\n\n".join([f"# student {number}\n{IMPORT}\n", *parts])


def student(number: int) -> str:
    return f"s{number:06d}"


# -- ours -----------------------------------------------------------------------------------------------------


def ours(folder: Path) -> Path:
    """A course of ours; the place of its files is returned."""
    _write(
        folder / "assignments/course.toml",
        f"""
        [course]
        id = "bench"
        title = {{ en = "Benchmark" }}
        languages = ["en"]
        assignments = ["{NAME}"]
        """,
    )
    manifest = f"""
        [assignment]
        id = "{NAME}"
        version = "1"
        feedback = "call"
        files = ["{MAIN}"]
        [assignment.title]
        en = "Arrays"
        """
    points = "".join(f'\n[[function]]\nname = "{name}"\npoints = 12.5\n' for name in FUNCTIONS)
    _write(folder / f"assignments/{NAME}/assignment.toml", dedent(manifest) + points)
    _write(folder / f"assignments/{NAME}/README.md", "# Arrays\n")
    _write(
        folder / f"assignments/{NAME}/test_{NAME}.py",
        '"""Public checks."""\nimport numpy as np\nimport pytest\n\n'
        '@pytest.mark.function("relu")\ndef test_zero(student):\n    """zero stays"""\n'
        "    assert np.allclose(student.relu(np.zeros(1)), 0.0)\n",
    )
    reference = "\n\n".join(
        f"def {name}({PARAMETERS[name]}):\n    # BEGIN SOLUTION\n{indent(one.right, '    ')}\n    # END SOLUTION\n"
        for name, one in SOLUTIONS.items()
    )
    _write(folder / f"solutions/{NAME}/{MAIN}", f'"""Arrays."""\n{IMPORT}\n\n\n{reference}')
    from autograder.course import cut

    _write(folder / f"assignments/{NAME}/{MAIN}", cut(f'"""Arrays."""\n{IMPORT}\n\n\n{reference}'))
    suite = ['"""Hidden suite."""', IMPORT, "import pytest", ""]
    for check in CHECKS:
        suite += [
            f'\n@pytest.mark.function("{check.function}")',
            f"def {check.name}(student):",
            f'    """{check.title}"""',
            f"    {check.function} = student.{check.function}",
            indent(check.lines, "    "),
            "",
        ]
    _write(folder / f"solutions/{NAME}/hidden/test_{NAME}.py", "\n".join(suite))
    _write(folder / "solutions/secret.key", "00112233445566778899aabbccddeeff")
    return folder


def hand_in_files(folder: Path, students: int) -> Path:
    """A folder for each student, with the file in it."""
    for number in range(students):
        _write(folder / student(number) / MAIN, source(number))
    return folder


# -- pytest ---------------------------------------------------------------------------------------------------


def pytest_file() -> str:
    """A test file that imports the submission."""
    lines = [f"from {NAME} import {', '.join(FUNCTIONS)}", IMPORT, ""]
    for check in CHECKS:
        lines += ["", f"def {check.name}():", indent(check.lines, "    "), ""]
    return "\n".join(lines)


# -- nbgrader -------------------------------------------------------------------------------------------------


def nbgrader_course(folder: Path) -> Path:
    """An nbgrader course with one assignment: a solution cell for each function, a cell of hidden tests for each check."""
    cells = [_cell("import", IMPORT)]
    for name, one in SOLUTIONS.items():
        body = f"def {name}({PARAMETERS[name]}):\n    ### BEGIN SOLUTION\n{indent(one.right, '    ')}\n    ### END SOLUTION"
        cells.append(
            _cell(f"solve-{name}", body, {"grade": False, "solution": True, "locked": False, "task": False})
        )
        for number, check in enumerate(check for check in CHECKS if check.function == name):
            text = f"# {check.title}\n### BEGIN HIDDEN TESTS\n{check.lines}\n### END HIDDEN TESTS"
            graded = {"grade": True, "solution": False, "locked": True, "task": False, "points": 1}
            cells.append(_cell(f"check-{name}-{number}", text, graded))
    _write(folder / f"source/{NAME}/{NAME}.ipynb", json.dumps(_notebook(cells)))
    _write(folder / "nbgrader_config.py", "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    return folder


def hand_in_nbgrader(folder: Path, students: int) -> None:
    """Fill the released notebook in for each student; `nbgrader generate_assignment` must have been run."""
    released = json.loads((folder / f"release/{NAME}/{NAME}.ipynb").read_text("utf-8"))
    for number in range(students):
        made = bodies(number)
        for cell in released["cells"]:
            kind, _dash, name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").partition("-")
            if kind == "solve":
                cell["source"] = f"# student {number}\n{definition(name, made[name])}"
        _write(folder / f"submitted/{student(number)}/{NAME}/{NAME}.ipynb", json.dumps(released))


# -- otter ----------------------------------------------------------------------------------------------------


def otter_assignment(folder: Path) -> Path:
    """The notebook that `otter assign` makes an assignment of."""
    cells = [
        _raw(f"# ASSIGNMENT CONFIG\nname: {NAME}\ninit_cell: false\nexport_cell: false\ngenerate:\n  show_hidden: false\n"
             "run_tests: true\nsolutions_pdf: false\ntemplate_pdf: false\n"),
        _cell("import", IMPORT),
    ]  # fmt: skip
    for name, one in SOLUTIONS.items():
        cells += [
            _raw(f"# BEGIN QUESTION\nname: {name}\npoints: 3\n"),
            _raw("# BEGIN SOLUTION"),
            _cell(
                f"solve-{name}",
                f"def {name}({PARAMETERS[name]}):\n    # BEGIN SOLUTION\n{indent(one.right, '    ')}\n    # END SOLUTION",
            ),
            _raw("# END SOLUTION"),
            _raw("# BEGIN TESTS"),
        ]
        for number, check in enumerate(check for check in CHECKS if check.function == name):
            text = f'""" # BEGIN TEST CONFIG\nhidden: true\npoints: 1\n""" # END TEST CONFIG\n{check.lines}'
            cells.append(_cell(f"check-{name}-{number}", text))
        cells += [_raw("# END TESTS"), _raw("# END QUESTION")]
    _write(folder / f"{NAME}.ipynb", json.dumps(_notebook(cells)))
    return folder


def hand_in_otter(folder: Path, released: Path, students: int) -> None:
    """Fill the released notebook in for each student; `otter assign` must have been run."""
    notebook = json.loads(released.read_text("utf-8"))
    for number in range(students):
        made = bodies(number)
        for cell in notebook["cells"]:
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            name = cell.setdefault("_function", source.partition("(")[0].removeprefix("def ").strip())
            if cell["cell_type"] == "code" and name in made:
                cell["source"] = definition(name, made[name])
        cells = [
            {key: value for key, value in cell.items() if key != "_function"} for cell in notebook["cells"]
        ]
        _write(folder / student(number) / f"{NAME}.ipynb", json.dumps({**notebook, "cells": cells}))


# -- notebooks ------------------------------------------------------------------------------------------------


def _cell(id: str, text: str, nbgrader: dict[str, Any] | None = None) -> dict[str, Any]:
    ast.parse(text)
    metadata: dict[str, Any] = {}
    if nbgrader is not None:
        metadata["nbgrader"] = {"schema_version": 3, "grade_id": id, **nbgrader}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": id.replace("_", "-"),
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


def _raw(text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": text}


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"raw-{number}")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return path
