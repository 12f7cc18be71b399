"""nbgrader source notebooks in the style of public courses, and one of each thing that can be in the way."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

Cell = dict[str, Any]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def text(source: str, **more: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source: str, **about: Any) -> Cell:
    metadata = {"nbgrader": {"schema_version": 3, **about}} if about else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def solution(id: str, source: str) -> Cell:
    return code(source, grade_id=id, grade=False, locked=False, solution=True)


def tests(id: str, points: float, source: str) -> Cell:
    return code(source, grade_id=id, grade=True, locked=True, solution=False, points=points)


def manual(id: str, points: float, source: str) -> Cell:
    cell = text(source)
    cell["metadata"] = {
        "nbgrader": {
            "schema_version": 3, "grade_id": id, "grade": True, "locked": False, "solution": True, "points": points,
        }
    }  # fmt: skip
    return cell


def notebook(*cells: Cell, language: str = "python") -> str:
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "K", "language": language}},
            "cells": list(cells),
        }
    )


def write(path: Path, *cells: Cell, language: str = "python") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook(*cells, language=language), encoding="utf-8")
    return path


SOFTMAX = [
    text(
        "# Softmax by hand\n\n![the curve](attachment:curve.png)",
        attachments={"curve.png": {"image/png": b64encode(PIXEL).decode()}},
    ),
    code("%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nfrom numpy.testing import assert_allclose"),
    code("SCALE = 1.0\n\ndef close(a, b):\n    # a helper that is given\n    return np.allclose(a, b, atol=1e-8)"),
    solution(
        "softmax",
        'def softmax(z):\n    """Softmax of each row."""\n    z = np.asarray(z, dtype=float)\n    ### BEGIN SOLUTION\n'
        "    e = np.exp(SCALE * (z - z.max(axis=-1, keepdims=True)))\n    return e / e.sum(axis=-1, keepdims=True)\n"
        "    ### END SOLUTION",
    ),
    code("z = np.linspace(-3, 3)\nplt.plot(z, softmax(z));"),
    tests(
        "softmax_small",
        2,
        "# sums to one, and follows the definition\nz = np.array([[1.0, 2.0], [0.0, 0.0]])\np = softmax(z)\n"
        "assert p.shape == (2, 2), f'the shape is {p.shape}'\nassert close(p.sum(axis=1), 1), 'each row sums to 1'\n"
        "assert_allclose(softmax([0.0, 0.0]), [0.5, 0.5])\n"
        "### BEGIN HIDDEN TESTS\nsecret_row = [1000.0, 0.0]\n"
        "np.testing.assert_allclose(softmax(secret_row), [1, 0], atol=1e-12)\n"
        "### END HIDDEN TESTS",
    ),
    tests(
        "softmax_hidden",
        1,
        "### BEGIN HIDDEN TESTS\nassert np.isclose(softmax(np.array(secret_row))[0], 1)\n### END HIDDEN TESTS",
    ),
    solution(
        "cross_entropy",
        "def cross_entropy(p, y):\n    ### BEGIN SOLUTION\n    return float(-np.sum(y * np.log(softmax(p))))\n"
        "    ### END SOLUTION",
    ),
    tests(
        "cross_entropy_score",
        3,
        "score = 0\nif np.isclose(cross_entropy([0.0, 0.0], np.array([1, 0])), np.log(2)):\n    score += 1\n"
        "if cross_entropy([5.0, 0.0], np.array([1, 0])) < 0.1:\n    score += 2\nscore",
    ),
    tests("plots", 1, "ax = plt.gca()\nassert ax.get_title() == 'Softmax'"),
    manual("why", 4, "Because exp grows without bound."),
]  # fmt: skip
"""Functions on arrays: hidden tests, a helper that is given, partial credit, a plot, an answer in words."""

SOFTMAX_ANSWER = "Because exp grows without bound."

ACCOUNT = [
    text("# Accounts"),
    solution(
        "account",
        'class Account:\n    """Money that can be put in and taken out."""\n\n    rate = 0.5\n\n'
        "    def __init__(self, owner, balance=0):\n        ### BEGIN SOLUTION\n        self.owner = owner\n"
        "        self.balance = balance\n        ### END SOLUTION\n\n"
        "    def withdraw(self, amount):\n        ### BEGIN SOLUTION\n        if amount > self.balance:\n"
        "            raise ValueError(f'only {self.balance} left')\n        self.balance -= amount\n        return self\n"
        "        ### END SOLUTION\n\n    def __str__(self):\n        ### BEGIN SOLUTION\n"
        "        return f'{self.owner}: {self.balance}'\n        ### END SOLUTION\n\n"
        "    def __len__(self):\n        ### BEGIN SOLUTION\n        return self.balance\n        ### END SOLUTION\n\n"
        "    def __eq__(self, other):\n        ### BEGIN SOLUTION\n"
        "        return (self.owner, self.balance) == (other.owner, other.balance)\n        ### END SOLUTION",
    ),
    solution("total", "def total(accounts):\n    return sum(one.balance for one in accounts)"),
    solution("apply", "def apply(f, accounts):\n    return [f([one]) for one in accounts]"),
    tests(
        "behaves",
        1,
        "import pytest\na = Account('An', 10)\nassert a.balance == 10\nassert a.withdraw(3).balance == 7\n"
        "with pytest.raises(ValueError) as caught:\n    a.withdraw(100)\nassert 'only 7' in str(caught.value)\n"
        "try:\n    a.withdraw(50)\n    assert False, 'took more than there is'\nexcept ValueError as e:\n"
        "    assert e.args[0] == 'only 7 left'",
    ),
    tests(
        "looks",
        1,
        "b = Account('Bo', 2)\nassert str(b) == 'Bo: 2'\nassert len(b) == 2\nassert isinstance(b, Account)\n"
        "assert b == Account('Bo', 2)\nassert not (b == Account('Bo', 3))\nassert Account.rate == 0.5",
    ),
    tests("totals", 1, "assert total([Account('An', 1), Account('Bo', 2)]) == 3\nassert total([]) == 0"),
    tests("applies", 1, "accounts = [Account('An', 1), Account('Bo', 2)]\nassert apply(total, accounts) == [1, 2]"),
]  # fmt: skip
"""A class with special methods, exceptions with their texts, and functions that are given functions."""

LOOSE = [
    text("# Numbers"),
    code("import numpy as np\ndata = np.array([3.0, 1.0, 2.0])"),
    solution("q1", "largest = data.max()  # SOLUTION\nsmallest = data.min()"),
    tests("test_q1", 1, "assert largest == 3.0\nassert smallest == 1.0, 'the smallest'"),
    solution("q2", "# use what you found\n### BEGIN SOLUTION\nspread = largest - smallest\n### END SOLUTION"),
    tests("test_q2", 2, "assert np.isclose(spread, 2.0)"),
    solution("q3", "### BEGIN SOLUTION\ndef half(x): return x / 2\n### END SOLUTION"),
    tests("test_q3", 1, "assert half(spread) == 1\n"),
]
"""Code that is no function, answers that build on one another, and a function that the marks stand around."""

SQUARE = solution("square", "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION")

REFUSED = {
    "mock": "from unittest import mock\nwith mock.patch('builtins.sum') as fake:\n    square(2)\nassert not fake.called",
    "replaces": "old = square\ndel square\ntry:\n    pass\nfinally:\n    square = old\nassert square(1) == 1",
    "defines": "def square(x): return 7\nassert square(1) == 7",
    "kernel": "get_ipython().run_line_magic('time', '')\nassert square(2) == 4",
    "prints": "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    square(2)",
    "source": "import inspect\nassert 'for' not in inspect.getsource(square)",
    "docstring": "assert square.__doc__",
    "builtins": "import builtins\nbuiltins.sum = None\nassert square(2) == 4",
    "module": "import numpy as np\nnp.dot = None\nassert square(2) == 4",
    "plot": "import matplotlib.pyplot as plt\nassert plt.gca().lines\nsquare(2)",
    "file": "assert square(len(open('data.txt').read())) == 9",
    "autotest": "### AUTOTEST square(3)",
    "in_place": "x = [1, 2]\nsquare(x)\nassert x == [1, 4]",
    "eval": "assert eval('square(2)') == 4",
    "nothing": "assert 1 + 1 == 2",
    "unclosed": "### BEGIN HIDDEN TESTS\nassert square(2) == 4",
    "bash": "%%bash\necho 1",
    "syntax": "assert square(2) = 4",
    "waits": "assert await square(2) == 4",
    "input": "assert square(int(input())) == 4",
}
"""Test cells of `square` that cannot be carried, by what is in the way."""
