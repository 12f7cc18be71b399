"""What a submission gains that attacks the grader instead of solving the exercise: nothing, and nobody else notices."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.course.manifest import Limits
from autograder.errors import (
    CallTimedOut,
    NotPlainData,
    NotWritten,
    OutOfMemory,
    StudentError,
    StudentFault,
    SuiteError,
    WorkerEnded,
)
from autograder.sandbox import launch, worker
from autograder.sandbox.bench import Bench
from autograder.sandbox.channel import ChannelClosed, PollChannel
from autograder.sandbox.inside import wire
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student, local, stand_in
from autograder.sandbox.worker import Handle, LocalWorker, Program

from .conftest import LIMITS, Submit
from .processes import soon, status

QUICK = Limits(call_seconds=1, submission_seconds=60, memory_mib=512)

# What a student can dig out of the worker's own frames: everything in this process is theirs.
DIG = """
import os, sys, time
def dig(name):
    frame = sys._getframe()
    while frame:
        for names in (frame.f_locals, frame.f_globals):
            if name in names:
                return names[name]
        frame = frame.f_back
def link():
    frame = sys._getframe()
    while frame:
        if type(frame.f_locals.get("self")).__name__ == "Link":
            return frame.f_locals["self"]
        frame = frame.f_back
def send(tree):
    data = dig("wire").frame(tree)
    while data:
        data = data[os.write(link()._replies, data):]
def reply(outcome):
    send(["done", dig("seq"), dig("number"), outcome])
def fine():
    return 2
"""


# -- replies that were not asked for, or say more than a value -----------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "reply(['passed', 1.0, [], []])",
        "reply(['ok'])",
        "reply(None)",
        "reply(['ok', {'o': [0]}, [], []])",
        "reply(['ok', {'f': 0}, [], []])",
        "reply(['ok', {'a': ['<f8', [True], b'12345678', 'C']}, [], []])",
        "reply(['ok', {'a': ['<f8', [2**31] * 8, b'', 'C']}, [], []])",
        "reply(['ok', {'i': '-'}, [], []])",
        "send(['done', dig('seq') + 1, 0, ['ok', 1.0, [], []]])",
        "send(['done', dig('seq'), 7, ['ok', 1.0, [], []]])",
        "send(['ask', None])",
        "send(['ask', []])",
        "send(['ask', ['call', 0, [], []]])",
        "send(['ask', ['object', 'get', 0, ['value']]])",
        "send(['ask', ['object', 'exec', 0, []]])",
    ],
)
def test_a_forged_message_ends_the_worker_and_nothing_else(submit: Submit, attack: str) -> None:
    student = submit(f"{DIG}def f():\n    {attack}\n    return 1\n")
    assert isinstance(student.call("f").error, WorkerEnded)
    assert student.fine() == 2


def test_a_question_whose_answer_nobody_waits_for_ends_the_worker(submit: Submit) -> None:
    """One that names a function which was really given, but whose arguments are no arguments."""
    student = submit(f"{DIG}def f(g):\n    send(['ask', ['call', 0, [], [[1, 2, 3]]]])\n    return 1\n")
    assert student.f(lambda: 1) == 1
    assert isinstance(student.call("fine").error, WorkerEnded)
    assert student.fine() == 2


def test_a_forged_fault_of_ours_is_the_students_error(submit: Submit) -> None:
    student = submit(
        f"{DIG}def f():\n    bases = ['SuiteError', 'SystemFault', 'AutogradeError', 'Exception']\n"
        "    reply(['error', 'SuiteError', bases, 'our fault', 'test_x.py', 1, [], []])\n    os._exit(0)\n"
    )
    error = student.call("f").error
    assert type(error) is StudentError
    assert error.bases == ("Exception",)


def test_a_reply_sent_early_is_a_value_like_any_other(submit: Submit) -> None:
    """Answering for later calls in advance is possible and pointless; what is left over ends the worker."""
    student = submit(
        f"{DIG}def f(x):\n    for n in range(9):\n        send(['done', dig('seq'), n, ['ok', 0.0, [], []]])\n"
    )
    assert student.map("f", [(1.0,), (2.0,)]) == [0.0, 0.0]
    assert isinstance(student.call("fine").error, WorkerEnded)
    assert student.fine() == 2


def test_a_missing_name_must_be_one_that_was_asked_for(submit: Submit) -> None:
    """It is told without a replay, so it could carry hidden inputs out."""
    student = submit(f"{DIG}def f(x):\n    raise dig('_Missing')(f'stolen {{x}}')\n")
    call = student.call("f", 1.0)
    assert isinstance(call.error, WorkerEnded)
    assert "stolen" not in str(call.error)
    batch = student.batch()
    with pytest.raises(WorkerEnded):
        batch.run(batch.f(1.0))
    with pytest.raises(NotWritten, match="nowhere"):
        student.nowhere()
    batch = student.batch()
    with pytest.raises(NotWritten, match="nowhere"):
        batch.run(batch.nowhere(1.0))


def test_facts_are_cut_to_what_a_call_can_have(submit: Submit) -> None:
    student = submit(
        f"{DIG}def f(x):\n    reply(['ok', 1.0, ['9' * 5000] * 1000, [['W' * 9999, 'x' * 9999]] * 99])\n"
        "    os._exit(0)\n"
    )
    call = student.call("f", 1.0)
    assert call.value == 1.0
    assert len(call.mutated) <= 50
    assert all(len(label) <= 100 for label in call.mutated)
    assert len(call.warnings) == 20
    assert all(len(text) <= 4096 for pair in call.warnings for text in pair)


def test_a_flood_of_replies_from_a_thread_is_noticed(submit: Submit) -> None:
    student = submit(
        f"{DIG}import threading\ndef f():\n    fd = link()._replies\n    def flood():\n        while True:\n"
        "            os.write(fd, b'AGW1' + bytes([1, 0, 0, 0]) + b'\\xc0')\n"
        "    threading.Thread(target=flood, daemon=True).start()\n    time.sleep(0.2)\n    return 1\n",
        limits=QUICK,
    )
    assert isinstance(student.call("f").error, StudentFault)
    assert student.fine() == 2


def test_patching_our_code_in_the_worker_changes_that_worker_only(submit: Submit) -> None:
    student = submit(
        f"{DIG}def f(x):\n    executor = link()._executor\n    executor._mutated = lambda *a: []\n"
        "    dig('wire').Encoder.encode = lambda self, value: True\n    return 'wrong'\n"
    )
    assert student.f(1.0) is True  # a wrong value, judged like any other
    again = submit(DIG)
    assert again.fine() == 2


# -- exceptions and texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raising",
    [
        "raise type('E', (Exception,), {'__str__': lambda self: 'x' * 50_000_000})()",
        "raise type('N' * 1_000_000, (Exception,), {})('x')",
        "raise type('E', (Exception,), {'__str__': lambda self: sys.exit(3)})()",
        "raise Exception('\\ud800\\x1b]0;title\\x07\\u202e\\x00')",
        "raise BaseExceptionGroup('x', [KeyboardInterrupt(), SystemExit(0)])",
        "raise GeneratorExit",
        "raise type('Skipped', (BaseException,), {'__module__': '_pytest.outcomes'})('skip me')",
        "return f()",
    ],
)
def test_whatever_is_raised_is_a_short_text_and_the_worker_lives(submit: Submit, raising: str) -> None:
    student = submit(f"import sys\ndef f():\n    {raising}\ndef fine():\n    return 2\n", limits=LIMITS)
    error = student.call("f").error
    assert type(error) is StudentError
    assert len(error.text) <= 2048
    assert len(error.type_name) <= 100
    assert student.fine() == 2


def test_a_class_that_lies_about_its_bases_gains_nothing(submit: Submit) -> None:
    student = submit(
        "class Meta(type):\n    __mro__ = property(lambda c: (MemoryError, NotImplementedError, Exception))\n"
        "class E(Exception, metaclass=Meta):\n    pass\ndef f():\n    raise E('x')\n"
    )
    assert isinstance(student.call("f").error, (NotWritten, OutOfMemory))


@pytest.mark.parametrize(
    "value",
    [
        "type('F', (float,), {'__eq__': lambda s, o: True, '__float__': lambda s: 1.0})('nan')",
        "type('L', (list,), {'__len__': lambda s: 0, '__iter__': lambda s: iter(int, 1)})([float('nan')])[0]",
    ],
)
def test_subclasses_of_numbers_arrive_with_their_true_value(submit: Submit, value: str) -> None:
    arrived = submit(f"def f():\n    return {value}\n").f()
    assert type(arrived) is float
    assert arrived != arrived


@pytest.mark.parametrize(
    "value", ["nest(100_000)", "loop()", "doubled(60)", "list(range(1_100_000))", "1 << 10**7"]
)
def test_values_without_end_are_refused_in_the_worker(submit: Submit, value: str) -> None:
    student = submit(
        "def nest(n):\n    v = 0\n    for _ in range(n):\n        v = [v]\n    return v\n"
        "def loop():\n    v = []\n    v.append(v)\n    return v\n"
        "def doubled(n):\n    v = []\n    for _ in range(n):\n        v = [v, v]\n    return v\n"
        f"def f():\n    return {value}\ndef fine():\n    return 2\n",
        limits=Limits(call_seconds=20, submission_seconds=60, memory_mib=512),
    )
    assert isinstance(student.call("f").error, NotPlainData)
    assert student.fine() == 2


# -- the decoder ---------------------------------------------------------------------------------------------------


def test_nested_maps_are_counted() -> None:
    """A map takes three bytes there and two hundred here."""
    chain = b"\x81\xa1t" * 500 + b"\x90"
    count = wire.MAX_TREE_NODES // 500 + 1
    with pytest.raises(wire.ProtocolError, match="too many"):
        wire.unpack(b"\xdd" + count.to_bytes(4, "big") + chain * count)


@pytest.mark.parametrize("kind", ["int", "tuple", "complex"])
def test_keys_that_could_be_chosen_to_collide_are_few(kind: str) -> None:
    """All have one hash; a dict of 16,000 such keys takes seconds, one of 100,000 minutes."""
    prime = (1 << 61) - 1
    keys = {
        "int": [{"i": str((2**64 + i) * prime)} for i in range(wire.MAX_ODD_KEYS + 1)],
        "tuple": [{"t": [i]} for i in range(wire.MAX_ODD_KEYS + 1)],
        "complex": [{"c": [float(i), 1.0]} for i in range(wire.MAX_ODD_KEYS + 1)],
    }[kind]

    def refuse(tag: str, payload: object) -> object:
        raise wire.ProtocolError(tag)

    decode = wire.Decoder(refuse).decode
    assert len(decode({"d": [[key, 0] for key in keys[:-1]]})) == wire.MAX_ODD_KEYS
    with pytest.raises(wire.ProtocolError, match="collide"):
        decode({"d": [[key, 0] for key in keys]})
    assert len(decode({"d": [[f"key {i}", i] for i in range(20_000)]})) == 20_000
    assert len(decode({"d": [[i, i] for i in range(20_000)]})) == 20_000


def test_an_empty_array_has_few_rows(submit: Submit) -> None:
    student = submit(
        "import numpy as np\ndef f(rows):\n    return np.zeros((rows, 0))\n"
        f"{DIG}def forge(x):\n    reply(['ok', {{'a': ['<f8', [2**31, 0], b'', 'C']}}, [], []])\n    os._exit(0)\n"
    )
    assert student.f(5).shape == (5, 0)
    assert isinstance(student.call("f", 2**31 - 1).error, NotPlainData)
    assert isinstance(student.call("forge", 1).error, WorkerEnded)


# -- time and memory of the trusted side ------------------------------------------------------------------------------


def test_large_answers_are_limited_over_the_whole_submission(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_RECEIVED", 2**20)
    student = submit(
        "import numpy as np\ndef large(n):\n    return np.zeros(50_000)\ndef small(n):\n    return np.zeros(1_000)\n"
    )
    calls = student.calls("large", [(n,) for n in range(4)])
    assert [call.error is None for call in calls] == [True, True, False, False]
    assert isinstance(calls[-1].error, WorkerEnded)
    # What an honest function answers is not affected.
    assert len(student.map("small", [(n,) for n in range(500)])) == 500


def test_time_before_a_death_is_charged(submit: Submit) -> None:
    """Else a function that waits and then dies would take its time again in every check."""
    student = submit(
        "import os, time\ndef f(seconds):\n    time.sleep(seconds)\n    os._exit(0)\n",
        limits=Limits(call_seconds=60, submission_seconds=100),
    )
    clock = student.__dict__["bench"]._clock
    for _again in range(2):
        before = clock.used
        assert isinstance(student.call("f", 0.4).error, WorkerEnded)
        assert clock.used - before >= 0.4
    clock.used = clock.seconds - 0.1
    with pytest.raises(CallTimedOut):  # in the call, or in loading the file once more for it
        raise student.call("f", 30).error


def test_time_in_callbacks_is_free_only_for_a_while(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The student's code chooses what they are given, and how often."""
    monkeypatch.setattr(worker, "FREE_CALLBACK_SECONDS", 0.6)
    student = submit("def f(g):\n    while True:\n        g()\n", limits=QUICK)
    asked = itertools.count()
    assert isinstance(student.call("f", lambda: next(asked) and time.sleep(0.1)).error, CallTimedOut)
    # A tenth of a second each: 0.6 s of them are free, the call's own limit is 1 s, and 3 s where the machine is busy.
    assert next(asked) < 50


def test_one_endless_callback_is_stopped(
    submit: Submit, reference: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here our own side would be busy for hours, with arithmetic that a submission asked for."""
    monkeypatch.setattr(worker, "FREE_CALLBACK_SECONDS", 0.2)
    student = submit(
        "class Node:\n    pass\n"
        "def f():\n    node = Node(1.0)\n    node.value = 10 ** 3900\n    return node ** 10 ** 5\n",
        stand_ins=(stand_in(reference, "Node"),),
        limits=QUICK,
    )
    began = time.monotonic()
    assert isinstance(student.call("f").error, StudentFault)
    assert time.monotonic() - began < 60


def test_nested_callbacks_are_not_excused_twice(submit: Submit) -> None:
    student = submit(
        "import time\ndef outer(g, n):\n    return g(n)\n",
        limits=Limits(call_seconds=20, submission_seconds=60),
    )
    clock = student.__dict__["bench"]._clock

    def again(n: int) -> int:
        time.sleep(0.05)
        return student.outer(again, n - 1) if n else 0

    before = clock.used
    assert student.outer(again, 6) == 0
    assert clock.used >= before


def test_a_worker_that_reads_nothing_is_given_up(submit: Submit) -> None:
    student = submit(
        "import os, signal, threading, time\n"
        "def f():\n    threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGSTOP)).start()\n    return 1\n"
        "def fine(x=None):\n    return 2\n",
        limits=QUICK,
    )
    assert student.f() == 1
    pid = student.__dict__["bench"].worker()._process.pid
    assert soon(lambda: status(pid)["State"][0] == "T")
    assert isinstance(student.call("fine", np.zeros(10**6)).error, CallTimedOut)
    assert student.fine() == 2


def test_signals_and_exceptions_cannot_be_held_against_the_limit(submit: Submit) -> None:
    student = submit(
        "import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\n"
        "def f():\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass\n",
        limits=QUICK,
    )
    error = student.call("f").error
    assert isinstance(error, CallTimedOut)
    # That of the call: the kernel's limit, which nothing can be held against, comes with the submission's.
    assert error.seconds == QUICK.call_seconds


def test_a_flood_of_output_ends_and_is_cut(submit: Submit) -> None:
    student = submit(
        "import os\ndef f():\n    while True:\n        os.write(1, b'x' * 65536)\n"
        "def fine():\n    print('y' * 10**6)\n    return 2\n",
        limits=QUICK,
    )
    assert isinstance(student.call("f").error, StudentFault)
    call = student.call("fine")
    assert call.value == 2
    assert len(call.output) <= 64 * 1024


def test_many_objects_are_found_at_once() -> None:
    """One look through all of them for each new one would take minutes."""
    mine, other = LocalWorker(LIMITS), LocalWorker(LIMITS)
    handles = [Handle(other, number, "Node", False) for number in range(100_000)]
    began = time.process_time()
    trees = [mine._leaf(handle) for handle in handles + handles]
    assert time.process_time() - began < 15
    assert trees[:3] == [{"o": [0, "Node"]}, {"o": [1, "Node"]}, {"o": [2, "Node"]}]
    assert trees[100_000:] == trees[:100_000]


# -- callbacks, stand-ins, objects of ours ----------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["'abc'", "Thing()", "[1, [2]]", "10 ** 3000", "g", "1, 2, 3", "nothing=1"])
def test_what_a_function_of_ours_cannot_take_is_the_students_error(submit: Submit, given: str) -> None:
    """Raised on our side it would look like a fault of the suite: in a replay, one that a submission can provoke."""
    student = submit(
        f"class Thing:\n    pass\ndef f(g):\n    return g({given})\n"
        f"def g(g):\n    try:\n        return g({given})\n    except Exception:\n        return 'caught'\n"
    )

    def gradient(theta: object) -> object:
        return 2.0 * (np.asarray(theta, dtype=float) - 1.0)

    call = student.call("f", gradient)
    assert isinstance(call.error, StudentError)
    assert student.call("g", gradient).value == "caught"


def test_a_function_of_the_suite_that_fails_fails_for_the_reference_too() -> None:
    source = "def f(g):\n    return g(1.0)\n"
    reference = local(LocalWorker(LIMITS), Program({"work.py": source}, "work.py"))
    assert isinstance(reference.call("f", lambda x: [][1]).error, StudentError)
    assert isinstance(reference.call("f", lambda x: object()).error, StudentError)


def test_an_exception_of_the_suites_own_passes_through(submit: Submit) -> None:
    class Wrong(Exception):
        pass

    def refuse(x: float) -> float:
        raise Wrong

    student = submit(
        "def f(g):\n    try:\n        return g(1.0)\n    except BaseException:\n        return 0.0\n"
    )
    with pytest.raises(Wrong):
        student.f(refuse)


REFERENCE = """
import math
class Node:
    secret = "not for students"
    def __init__(self, value):
        self.value, self.grad, self._inputs = float(value), 0.0, ()
    def __add__(self, other):
        return Node(self.value + (other.value if isinstance(other, Node) else other))
    __radd__ = __add__
    def __pow__(self, exponent):
        return Node(self.value ** exponent)
    def backward(self):
        self.grad += 1.0
def half(x):
    return x / 2
def third(x):
    return x / 3
"""


@pytest.fixture
def reference() -> Student:
    return local(LocalWorker(LIMITS), Program({"work.py": REFERENCE}, "work.py"))


@pytest.mark.parametrize(
    "name", ["_inputs", "__dict__", "__class__", "__init__", "__globals__", "__reduce__"]
)
def test_nothing_private_of_an_object_of_ours_can_be_had(
    submit: Submit, reference: Student, name: str
) -> None:
    student = submit(
        f"class Node:\n    pass\n{DIG}"
        f"def f():\n    node = Node(1.0)\n    identifier = object.__getattribute__(node, '_identifier')\n"
        f"    return repr(link()._executor.ask(['object', 'get', identifier, ['{name}']]))\n",
        stand_ins=(stand_in(reference, "Node"),),
    )
    with pytest.raises(StudentError, match="AttributeError"):
        student.f()


def test_a_method_of_ours_tells_nothing_but_its_results(submit: Submit, reference: Student) -> None:
    student = submit(
        "class Node:\n    pass\n"
        "def f():\n    method = Node(1.0).backward\n    return [sorted(vars(method)), method.__closure__ is None]\n",
        stand_ins=(stand_in(reference, "Node"),),
    )
    names, _closed = student.f()
    assert names == ["_callback"]


def test_changing_an_object_of_ours_changes_that_object_only(submit: Submit, reference: Student) -> None:
    student = submit(
        "class Node:\n    pass\n"
        "def spoil(node):\n    node.backward = lambda: None\n    node.value = 99.0\n    node.secret = 1\n",
        stand_ins=(stand_in(reference, "Node"),),
    )
    student.spoil(student.Node(1.0))
    node = reference.Node(2.0)
    node.backward()
    assert [node.grad, node.value, node.secret] == [1.0, 2.0, "not for students"]


def test_objects_that_call_each_other_across_the_border_end(submit: Submit, reference: Student) -> None:
    student = submit(
        "class Node:\n    pass\nclass Own:\n    def __add__(self, other):\n        return nodes[0] + nodes[0]\n"
        "    __radd__ = __add__\nnodes = []\n"
        "def f():\n    node = Node(1.0)\n    nodes.append(node)\n    node.value = Own()\n    return (node + node).value\n"
        "def fine():\n    return 2\n",
        stand_ins=(stand_in(reference, "Node"),),
    )
    began = time.monotonic()
    assert isinstance(student.call("f").error, StudentFault)
    assert time.monotonic() - began < 60
    assert student.fine() == 2


@pytest.mark.parametrize(
    "target",
    ["def target(*a):\n    return half(*a)\n", "target = half\n", "target = staticmethod(half)\n"],
)
def test_forwarding_to_a_stand_in_gives_what_that_gives(
    submit: Submit, reference: Student, target: str
) -> None:
    """An alias of a prerequisite becomes the reference's prerequisite, never the reference's own `third`."""
    student = submit(f"def half(x):\n    return 0\n{target}", stand_ins=(stand_in(reference, "half"),))
    assert student.target(6.0) == 3.0


def test_only_what_was_given_out_can_be_called_back(submit: Submit, reference: Student) -> None:
    student = submit(
        f"{DIG}def half(x):\n    return 0\n"
        "def f(x):\n    make = dig('_stand_in_function')\n    return make('third', 1, link()._executor)(x)\n",
        stand_ins=(stand_in(reference, "half"),),
    )
    assert isinstance(student.call("f", 6.0).error, WorkerEnded)


def test_a_module_that_has_every_name_defines_none(submit: Submit) -> None:
    student = submit("def __getattr__(name):\n    return lambda *a, **k: 0.0\n")
    assert not student.has("half")
    assert student.half(1.0) == 0.0


# -- other students ------------------------------------------------------------------------------------------------


@pytest.fixture
def own_zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM", "SIGSTOP"])
def test_a_zygote_that_was_done_away_with_is_replaced(
    own_zygote: Zygote, monkeypatch: pytest.MonkeyPatch, signal: str
) -> None:
    if signal == "SIGSTOP":  # only this is waited for
        monkeypatch.setattr(launch, "_ANSWER_SECONDS", 3)
    source = (
        f"import os, signal, time\ndef f():\n    os.kill(os.getppid(), signal.{signal})\n    time.sleep(0.1)\n"
        "    return 1\ndef fine():\n    return 2\n"
    )
    first = Bench(own_zygote, QUICK, Program({"work.py": source}, "work.py"))
    calls = Student(first.worker).calls("f", [()])
    assert calls[0].error is None or isinstance(calls[0].error, StudentFault)
    first.close()
    second = Bench(own_zygote, QUICK, Program({"work.py": source}, "work.py"))
    assert Student(second.worker).fine() == 2
    second.close()


def test_a_closed_channel_does_not_use_the_numbers_of_its_descriptors_again() -> None:
    """They may belong to the next worker by then."""
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    output, theirs_output = os.pipe()
    channel = PollChannel(ours_in, ours_out, output)
    channel.close()
    again = [os.pipe() for _ in range(3)]
    try:
        with pytest.raises(ChannelClosed):
            channel.send(b"for the old one", time.monotonic() + 60)
        with pytest.raises(ChannelClosed):
            channel.receive(time.monotonic() + 60)
    finally:
        for descriptor in (theirs_in, theirs_out, theirs_output, *[end for pipe in again for end in pipe]):
            os.close(descriptor)


def test_one_submission_leaves_nothing_for_the_next(submit: Submit) -> None:
    submit(
        "import builtins, numpy, sys\nbuiltins.left = numpy.left = sys.left = 'behind'\ndef f():\n    return 1\n"
    ).f()
    student = submit(
        "import builtins, numpy, sys\ndef f():\n    return [hasattr(m, 'left') for m in (builtins, numpy, sys)]\n"
    )
    assert student.f() == [False, False, False]


def test_a_handle_means_nothing_to_python_operators_here(submit: Submit) -> None:
    thing = submit(
        "class T:\n    shape = ()\n    dtype = None\n    def __eq__(self, other):\n        return True\n"
        "    def __float__(self):\n        return 1.0\n    __hash__ = None\ndef f():\n    return T()\n"
    ).f()
    for use in (float, bool, list, np.asarray, lambda t: t == 1.0, lambda t: t in [1.0]):
        with pytest.raises(SuiteError):
            use(thing)
