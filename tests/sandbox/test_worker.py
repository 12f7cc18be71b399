"""What comes back from a worker, and what is left of it when student code does its worst."""

from __future__ import annotations

import itertools
import time
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.course.manifest import Limits
from autograder.errors import (
    CallTimedOut,
    NotPlainData,
    NotWritten,
    OutOfMemory,
    StudentError,
    SuiteError,
    WorkerEnded,
)
from autograder.sandbox import worker
from autograder.sandbox.student import local, stand_in
from autograder.sandbox.worker import LocalWorker, Program

from .conftest import LIMITS, Submit


def test_values_come_back_as_plain_data(submit_either: Submit) -> None:
    student = submit_either("import numpy as np\ndef f(x, times=2):\n    return np.asarray(x) * times\n")
    assert student.f([1, 2]).tolist() == [2, 4]
    assert student.f(np.float32(1.5), times=3) == np.float32(4.5)
    assert [v.tolist() for v in student.map("f", [([1],), ([2],)])] == [[2], [4]]


def test_arguments_keep_their_kind(submit: Submit) -> None:
    student = submit(
        "import numpy as np\n"
        "def kind(x):\n"
        "    if isinstance(x, np.ndarray):\n"
        "        return [type(x).__name__, x.dtype.str, x.flags.c_contiguous, x.flags.writeable]\n"
        "    return [type(x).__name__]\n"
    )
    frozen = np.ones(2)
    frozen.flags.writeable = False
    assert student.kind(np.ones(2, np.float32)) == ["ndarray", "<f4", True, True]
    assert student.kind(np.ones((2, 4))[:, ::2])[2] is False
    assert student.kind(frozen)[3] is False
    assert student.kind(np.float32(1)) == ["float32"]
    assert student.kind([1]) == ["list"]
    assert student.kind((1,)) == ["tuple"]
    assert student.kind(1) == ["int"]


def test_facts_are_reported(submit: Submit) -> None:
    student = submit(
        "import numpy as np\n"
        "def spoil(x, y):\n    y[0] = 9\n    return x\n"
        "def warn(x):\n    return np.exp(np.asarray(x))\n"
        "def say():\n    print('xin chào')\n    return 1\n"
    )
    assert student.call("spoil", [1.0], [2.0]).mutated == ("argument 2",)
    assert student.call("spoil", x=np.ones(2), y=np.ones(2)).mutated == ("y",)
    assert student.call("spoil", np.ones(2), y=np.ones(2)).mutated == ("y",)
    assert student.call("warn", [1.0]).mutated == ()
    assert student.call("warn", [1000.0]).warnings[0][0] == "RuntimeWarning"
    assert student.call("warn", [1.0]).warnings == ()
    assert student.call("say").output == "xin chào\n"


def test_the_students_exceptions_are_named_with_their_place(submit: Submit) -> None:
    student = submit(
        "class Bad(ValueError):\n    pass\n"
        "def f():\n    raise Bad('no')\n"
        "def g():\n    raise NotImplementedError\n"
        "def h():\n    import torch\n"
        "def leave():\n    import sys\n    sys.exit(0)\n"
    )
    with pytest.raises(StudentError) as caught:
        student.f()
    assert (caught.value.type_name, caught.value.text, caught.value.file, caught.value.line) == (
        "Bad",
        "no",
        "work.py",
        4,
    )
    assert caught.value.is_a(ValueError)
    assert not caught.value.is_a(TypeError)
    with pytest.raises(NotWritten):
        student.g()
    with pytest.raises(NotWritten):
        student.nowhere()
    with pytest.raises(StudentError, match="'torch' is not available in this course"):
        student.h()
    with pytest.raises(StudentError, match="SystemExit"):
        student.leave()
    with pytest.raises(NotWritten):
        student.g()


def test_a_dead_or_hanging_worker_costs_its_own_call_only(submit_either: Submit) -> None:
    student = submit_either(
        "import os, signal\n"
        "def fine():\n    return 1\n"
        "def hang():\n    while True:\n        pass\n"
        "def leave():\n    os._exit(0)\n"
        "def crash():\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
        "def eat():\n    import numpy as np\n    return np.ones(1 << 40)\n",
        limits=Limits(call_seconds=1, submission_seconds=60, memory_mib=512),
    )
    for name, fault in [
        ("hang", CallTimedOut),
        ("leave", WorkerEnded),
        ("crash", WorkerEnded),
        ("eat", OutOfMemory),
    ]:
        with pytest.raises(fault):
            getattr(student, name)()
        assert student.fine() == 1
    assert "status 0" in str(student.call("leave").error)
    assert "SIGSEGV" in str(student.call("crash").error)


def test_a_long_operation_in_c_is_stopped_from_outside(submit: Submit) -> None:
    student = submit(
        "def f():\n    return sum(range(10 ** 12))\n",
        limits=Limits(call_seconds=0.5, submission_seconds=300),
    )
    began = time.monotonic()
    with pytest.raises(CallTimedOut) as caught:
        student.f()
    assert caught.value.seconds == 0.5
    # The kernel's own limit would end it too, after 300 s.
    assert time.monotonic() - began < 60


def test_the_kernels_own_limit_counts_as_a_time_out(submit: Submit) -> None:
    """Here the clock is made to allow more than the processor time that the kernel gives."""
    student = submit(
        "def f():\n    while True:\n        pass\n",
        limits=Limits(call_seconds=300, submission_seconds=1, memory_mib=512),
    )
    student.bench._clock.seconds = 600.0
    call = student.call("f")
    assert isinstance(call.error, CallTimedOut)
    assert call.error.seconds == 1


def test_calls_after_a_death_in_one_trip_share_its_error(submit: Submit) -> None:
    student = submit("import os\ndef f(x):\n    return x if x < 2 else os._exit(3)\n")
    calls = student.calls("f", [(0,), (1,), (2,), (3,)])
    assert [call.value for call in calls[:2]] == [0, 1]
    assert all(isinstance(call.error, WorkerEnded) for call in calls[2:])


def test_the_time_of_a_submission_is_limited_as_a_whole(submit: Submit) -> None:
    student = submit(
        "import time\ndef f(seconds):\n    time.sleep(seconds)\n    return 1\n",
        limits=Limits(call_seconds=60, submission_seconds=100),
    )
    clock = student.bench._clock
    before = clock.used
    assert student.map("f", [(0.2,)] * 2) == [1, 1]
    assert clock.used - before >= 0.4
    clock.used = clock.seconds - 0.2
    late = [call.error for call in student.calls("f", [(30,)] * 2)]
    assert [type(error) for error in late] == [CallTimedOut] * 2
    assert [error.seconds for error in late] == [100, 100]
    assert isinstance(student.call("f", 30).error, CallTimedOut)


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("(x for x in [])", "generator"),
        ("{1, 2}", "a set"),
        ("__import__('array').array('d', [1.0])", "an array.array"),
        ("np.array([1, None])", "objects"),
        ("np.ma.masked_all(2)", "masked"),
        ("np.array(['1'])", "text"),
        ("Ellipsis", "ellipsis"),
    ],
)
def test_what_is_not_plain_data_is_a_clear_failure(submit: Submit, expression: str, what: str) -> None:
    student = submit(f"import numpy as np\ndef f():\n    return {expression}\n")
    with pytest.raises(NotPlainData, match=what):
        student.f()


@pytest.mark.parametrize(
    "attack",
    [
        "os.write(fd, b'AGW1' + bytes([1, 0, 0, 0]) + b'\\xc0')",
        "os.write(fd, b'5 passed\\n')",
        "os.write(fd, b'AGW1' + bytes([255, 255, 255, 255]))",
        "os.close(fd)",
    ],
)
def test_writing_into_the_pipes_gains_nothing(submit: Submit, attack: str) -> None:
    student = submit(
        f"import os\ndef f():\n    for fd in range(3, 32):\n        try:\n            {attack}\n"
        "        except OSError:\n            pass\n    return 1\ndef fine():\n    return 2\n"
    )
    call = student.call("f")
    assert call.error is not None
    assert student.fine() == 2


def test_the_worker_knows_nothing(submit: Submit) -> None:
    student = submit(
        "import os, sys, gc\n"
        "def look():\n"
        "    secret = ('autograder', 'pytest', '_pytest', 'solutions', 'assignments')\n"
        "    return [len(os.environ), [m for m in sys.modules if m.partition('.')[0] in secret],\n"
        "            [p for p in sys.path if 'site-packages' in p], sys.argv + sys.orig_argv]\n"
        "def descriptors():\n"
        "    found = []\n"
        "    for fd in range(64):\n"
        "        try:\n            os.get_inheritable(fd)\n            found.append(fd)\n"
        "        except OSError:\n            pass\n"
        "    return found\n"
    )
    assert student.look() == [0, [], [], [""]]
    assert len(student.descriptors()) == 5  # 0, 1, 2 and its own two pipes


# -- objects ------------------------------------------------------------------------------------------------------

NODE = """
class Node:
    def __init__(self, value):
        self.value, self.grad = value, 0.0
    def __add__(self, other):
        return Node(self.value + (other.value if isinstance(other, Node) else other))
    __radd__ = __add__
    def __mul__(self, other):
        return Node(self.value * (other.value if isinstance(other, Node) else other))
    def twice(self):
        return Node(2 * self.value)
def clear(nodes):
    for node in nodes:
        node.grad = 0.0
def made():
    return Node(5.0)
"""


def test_objects_stay_and_are_used_through_handles(submit: Submit) -> None:
    student = submit(NODE)
    node = 2.0 + student.Node(3.0) * 4.0
    assert node.value == 14.0
    assert node.twice().value == 28.0
    node.grad = 7.0
    assert node.grad == 7.0
    student.clear([node])
    assert node.grad == 0.0
    with pytest.raises(StudentError, match="TypeError"):
        node - 1.0
    with pytest.raises(StudentError, match="AttributeError"):
        _ = node.nothing


def test_handles_refuse_what_would_mean_nothing_here(submit: Submit) -> None:
    node = submit(NODE).Node(3.0)
    for use in (bool, len, list, float, np.asarray, lambda n: n == n, lambda n: n < 1):
        with pytest.raises(SuiteError):
            use(node)


def test_a_batch_is_one_trip_in_order(submit: Submit) -> None:
    student = submit(NODE)
    batch = student.batch()
    x = y = batch.Node(1.0)
    for _ in range(5_000):
        y = y + 1.0
    y.grad = 3.0
    batch.clear([x])
    assert batch.run(y.value, x.grad, y.grad) == [5001.0, 0.0, 3.0]
    assert batch.call is not None
    assert batch.call.show().splitlines()[:2] == ["a = Node(1.0)", "b = a + 1.0"]
    assert student.repeat(batch.call).value == [5001.0, 0.0, 3.0]


# -- callbacks and stand-ins --------------------------------------------------------------------------------------


def test_functions_in_arguments_are_called_back(submit: Submit) -> None:
    student = submit(
        "def follow(gradient, x, steps):\n    for _ in range(steps):\n        x = gradient(x)\n    return x\n"
    )
    asked: list[float] = []

    def gradient(x: float) -> float:
        asked.append(x)
        return x + 1

    assert student.follow(gradient=gradient, x=0.0, steps=100) == 100.0
    assert len(asked) == 100


def test_time_in_callbacks_is_not_charged_to_the_student(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that is put on where time shall pass."""
    passed = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed, sleep=time.sleep)

    def wait() -> int:
        nonlocal passed
        passed += 70
        return 1

    monkeypatch.setattr(worker, "FREE_CALLBACK_SECONDS", 1000)
    student = submit(
        "def follow(f):\n    return [f() for _ in range(3)]\n",
        limits=Limits(call_seconds=60, submission_seconds=60),
    )
    monkeypatch.setattr(worker, "time", clock)
    assert student.follow(wait) == [1, 1, 1]
    assert student.bench._clock.used < 60


def test_callbacks_may_call_the_student_again(submit: Submit) -> None:
    student = submit("def g(x):\n    return x * 10\ndef f(callback):\n    return callback(2) + 1\n")
    assert student.f(lambda x: student.g(x)) == 21


def test_endless_callbacks_end(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_CALLBACKS", 2_000)
    student = submit(
        "def f(callback):\n    while True:\n        callback()\n",
        limits=Limits(call_seconds=120, submission_seconds=300),
    )
    asked = itertools.count(1)
    with pytest.raises(WorkerEnded, match="more than 2,000 times"):
        student.f(lambda: next(asked) and None)
    assert next(asked) == 2_001


REFERENCE = "import math\ndef sigmoid(x):\n    return 1 / (1 + math.exp(-x))\n" + NODE


@pytest.fixture
def reference():
    return local(LocalWorker(LIMITS), Program({"work.py": REFERENCE}, "work.py"))


@pytest.mark.parametrize(
    "use",
    [
        "def slope(x):\n    return sigmoid(x) * (1 - sigmoid(x))\n",
        "alias = sigmoid\ndef slope(x):\n    return alias(x) * (1 - alias(x))\n",
        "def slope(x, s=sigmoid):\n    return s(x) * (1 - s(x))\n",
        "class Layer:\n    activation = staticmethod(sigmoid)\n"
        "def slope(x):\n    return Layer.activation(x) * (1 - Layer.activation(x))\n",
        "import functools\npart = functools.partial(sigmoid)\ndef slope(x):\n    return part(x) * (1 - part(x))\n",
    ],
)
def test_a_stand_in_reaches_aliases_defaults_and_classes(submit: Submit, reference, use: str) -> None:
    wrong = "def sigmoid(x):\n    return 42.0\n" + use
    assert submit(wrong).slope(0.0) != 0.25
    assert submit(wrong, stand_ins=(stand_in(reference, "sigmoid"),)).slope(0.0) == 0.25


def test_a_stand_in_replaces_a_function_that_is_missing(submit: Submit, reference) -> None:
    student = submit(
        "def slope(x):\n    return sigmoid(x) * (1 - sigmoid(x))\n",
        stand_ins=(stand_in(reference, "sigmoid"),),
    )
    assert student.slope(0.0) == 0.25


def test_the_reference_raises_into_the_students_code(submit: Submit, reference) -> None:
    student = submit(
        "def f():\n    try:\n        return sigmoid(-1e9)\n    except OverflowError:\n        return 'caught'\n",
        stand_ins=(stand_in(reference, "sigmoid"),),
    )
    assert student.f() == "caught"


def test_a_class_stands_in_and_its_objects_stay_on_the_trusted_side(submit: Submit, reference) -> None:
    student = submit(
        "class Node:\n    def __init__(self, value):\n        raise RuntimeError('wrong')\n"
        "def clear(nodes):\n    for node in nodes:\n        assert isinstance(node, Node)\n        node.grad = 0.0\n"
        "def total(nodes):\n    s = Node(0.0)\n    for node in nodes:\n        s = s + node\n    return s.value\n",
        stand_ins=(stand_in(reference, "Node"),),
    )
    node = student.Node(3.0)
    node.grad = 5.0
    student.clear([node])
    assert node.grad == 0.0
    assert student.total([node, node * 2.0]) == 9.0


@pytest.mark.parametrize(
    "probe",
    [
        "n.__class__",
        "n._owner",
        "n.__init__.__globals__",
        "n.twice.__globals__",
        "n.twice.__code__",
        "sigmoid.__globals__['exp']",
    ],
)
def test_nothing_leads_from_a_stand_in_to_the_references_source(
    submit: Submit, reference, probe: str
) -> None:
    student = submit(
        f"def probe():\n    n = Node(1.0)\n    found = {probe}\n    return repr(found)\n",
        stand_ins=(stand_in(reference, "Node"), stand_in(reference, "sigmoid")),
    )
    call = student.call("probe")
    assert call.error is not None or "math.exp(-x)" not in call.value


# -- imports ------------------------------------------------------------------------------------------------------


def test_siblings_import_from_memory(submit: Submit) -> None:
    student = submit(
        "import helper\nfrom helper import two\ndef f():\n    return helper.two() + two()\n",
        helper="def two():\n    return 2\n",
    )
    assert student.f() == 4


def test_plots_and_progress_bars_left_in_the_file_cost_nothing(submit: Submit) -> None:
    student = submit(
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n"
        "from tqdm import tqdm\nfrom tqdm.auto import trange\n"
        "from IPython.display import display\nfrom google.colab import files\n"
        "fig, ax = plt.subplots(figsize=(3, 3))\nax.plot([1, 2])\nline, = plt.plot([1])\nplt.title('x')\nplt.show()\n"
        "with plt.style.context('ggplot'):\n    plt.savefig('a.png')\n"
        "total = sum(tqdm(range(4))) + sum(trange(3))\ndisplay(fig)\n"
        "def f():\n    return total\n"
    )
    assert student.f() == 9


@pytest.mark.parametrize("module", ["torch", "autograder", "pytest", "scipy.special", "solutions.work"])
def test_other_modules_are_answered_with_a_sentence(submit: Submit, module: str) -> None:
    with pytest.raises(
        StudentError, match=f"'{module.partition('.')[0]}.* is not available in this course"
    ) as caught:
        submit(f"import {module}\n")
    assert caught.value.line == 1


def test_warm_modules_work_in_the_worker(submit: Submit) -> None:
    student = submit(
        "import numpy as np, datetime, dataclasses, itertools, json, re\nfrom collections import deque\n"
        "rng = np.random.default_rng(0)\n"
        "def f():\n"
        "    datetime.datetime.strptime('2026', '%Y')\n"
        "    np.linalg.solve(np.eye(2), np.ones(2)); np.fft.fft(np.ones(4)); np.testing.assert_allclose(1, 1)\n"
        "    return json.loads('[1]')\n"
    )
    assert student.f() == [1]
