"""Solutions that no bank holds, written as students write them: a known mistake is named whatever the style, and what is
said of another one is true and of use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest

from autograder.course import load_course
from autograder.course.bank import compose
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import Diagnosis, GradeReport, Status
from autograder.runner.session import collected
from autograder.sandbox.launch import Launcher
from tests.diagnosis.bank import ROOT, of


@dataclass(frozen=True)
class Unseen:
    """A wrong solution. Its functions stand in the place of the reference's.

    named  function → the known mistake that it is
    kinds  function → the kind of its diagnosis, and a part of what is said
    """

    assignment: str
    source: str
    named: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)


CASES = {
    "sums in loops, with math.log": Unseen(
        "losses",
        """
import math
def squared_error(y, p):
    total = 0
    for a, b in zip(np.ravel(y).tolist(), np.ravel(p).tolist()):
        total += (a - b) ** 2
    return total
def binary_cross_entropy(y, p):
    total = 0
    for a, b in zip(np.ravel(y).tolist(), np.ravel(p).tolist()):
        b = min(max(b, 1e-15), 1 - 1e-15)
        total -= a * math.log(b) + (1 - a) * math.log(1 - b)
    return total
""",
        {"squared_error": "sum_not_mean", "binary_cross_entropy": "sum_not_mean"},
    ),
    "another epsilon, log10 as a quotient": Unseen(
        "losses",
        """
def binary_cross_entropy(y, p):
    y, p = np.asarray(y, float), np.asarray(p, float)
    p = np.where(p < 1e-7, 1e-7, np.where(p > 1 - 1e-7, 1 - 1e-7, p))
    terms = y * np.log(p) / np.log(10) + (1 - y) * np.log(1 - p) / np.log(10)
    return -terms.sum() / terms.size
""",
        {"binary_cross_entropy": "log_to_base_10"},
    ),
    "a list for an answer": Unseen(
        "losses",
        """
def squared_error_gradient(y, p):
    y, p = np.array(y, dtype=float), np.array(p, dtype=float)
    return (np.subtract(y, p) * 2.0 / y.size).tolist()
""",
        {"squared_error_gradient": "slope_by_the_truth"},
    ),
    "right but for its own wrong loss": Unseen(
        "losses",
        """
def binary_cross_entropy(y, p):
    y, p = np.asarray(y, float), np.clip(np.asarray(p, float), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))
""",
        {"binary_cross_entropy": "log_to_base_10"},
        {"train_logistic": ("follow_through", "binary_cross_entropy")},
    ),
    "a mistake on top of a wrong loss": Unseen(
        "losses",
        """
def binary_cross_entropy(y, p):
    y, p = np.asarray(y, float), np.clip(np.asarray(p, float), 1e-9, 1 - 1e-9)
    return -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))
def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    losses = {"bce": binary_cross_entropy, "squared_error": squared_error}
    if loss not in losses:
        raise ValueError(loss)
    x, y = np.asarray(x, float), np.asarray(y, float)
    theta = beta = 0.0
    def measured():
        return losses[loss](y, 1 / (1 + np.exp(-(theta * x + beta))))
    history = [measured()]
    for _ in range(steps):
        a, b = logistic_gradient(x, y, theta, beta, loss)
        theta -= learning_rate * a
        beta -= learning_rate * b
        history.append(measured())
    return theta, beta, np.array(history)
""",
        {"binary_cross_entropy": "log_to_base_10", "train_logistic": "start_ignored"},
    ),
    "two factors at once": Unseen(
        "losses",
        """
def squared_error_gradient(y, p):
    y, p = np.asarray(y, float), np.asarray(p, float)
    return 2 * (y - p)
""",
        {},
        {"squared_error_gradient": ("ratio", "-y.size")},
    ),
    "a sign and a logarithm": Unseen(
        "losses",
        """
def binary_cross_entropy(y, p):
    y, p = np.asarray(y, float), np.clip(np.asarray(p, float), 1e-12, 1 - 1e-12)
    return np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))
""",
        {},
        {"binary_cross_entropy": ("ratio", "-1 / ln 10")},
    ),
    "only numbers": Unseen(
        "losses",
        """
import math
def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    total = 0.0
    for a, b in zip(y.ravel(), p.ravel()):
        total += -(a * math.log(b) + (1 - a) * math.log(1 - b))
    return total / y.size
""",
        {},
        {"binary_cross_entropy": ("when", "a 0 or a 1")},
    ),
    "parts exchanged": Unseen(
        "losses",
        """
def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, float), np.asarray(y, float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    d = p - y if loss == "bce" else 2 * (p - y) * p * (1 - p)
    return np.mean(d), np.mean(d * x)
""",
        {},
        {"logistic_gradient": ("order", "exchanged")},
    ),
    "one slope for both": Unseen(
        "losses",
        """
def sig(z):
    return 1 / (1 + np.exp(-z))
def logistic_gradient(x, y, theta, beta, loss):
    x, y = np.asarray(x, float), np.asarray(y, float)
    p, n = sig(theta * x + beta), len(x)
    if loss == "bce":
        g = sum((p[i] - y[i]) * x[i] for i in range(n)) / n
    elif loss == "squared_error":
        g = sum(2 * (p[i] - y[i]) * p[i] * (1 - p[i]) * x[i] for i in range(n)) / n
    else:
        raise ValueError("unknown")
    return g, g
""",
        {"logistic_gradient": "beta_gradient_times_x"},
    ),
    "a history without its end": Unseen(
        "losses",
        """
def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    losses = {"bce": binary_cross_entropy, "squared_error": squared_error}
    if loss not in losses:
        raise ValueError(loss)
    x, y = np.asarray(x, float), np.asarray(y, float)
    history = np.zeros(steps)
    for k in range(steps):
        history[k] = losses[loss](y, 1 / (1 + np.exp(-(theta * x + beta))))
        gradient = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = gradient_descent_step([theta, beta], gradient, learning_rate)
    return theta, beta, history
""",
        {"train_logistic": "history_without_the_end"},
    ),
    "a sigmoid with math.exp, number by number": Unseen(
        "vanishing_gradient",
        """
import math
def one(v):
    if v >= 0:
        t = math.exp(-v)
        return t / (1 + t)
    return 1 / (1 + math.exp(v))
def sigmoid(x):
    a = np.asarray(x, dtype=float)
    return np.array([one(v) for v in a.ravel()]).reshape(a.shape)
""",
        {"sigmoid": "minus_forgotten"},
        {
            "forward": ("follow_through", "your own sigmoid"),
            "gradients": ("follow_through", "your own sigmoid"),
        },
    ),
    "the slope at the activation": Unseen(
        "vanishing_gradient",
        """
def gradients(x, y, thetas):
    acts = forward(x, thetas)
    T = [np.asarray(t, float) for t in thetas]
    d = (acts[-1] - np.asarray(y, float)) / len(acts[-1])
    gs = []
    for i in reversed(range(len(T))):
        gs.insert(0, np.outer(d, acts[i]))
        s = 1 / (1 + np.exp(-acts[i]))
        d = T[i].T.dot(d) * s * (1 - s)
    return gs
""",
        {"gradients": "slope_at_the_activation"},
    ),
    "the derivative's argument is an activation": Unseen(
        "vanishing_gradient",
        """
def sigmoid_derivative(a):
    a = np.array(a, dtype=float)
    return a - np.square(a)
""",
        {"sigmoid_derivative": "derivative_of_the_activation"},
    ),
    "two mistakes, one on top of the other": Unseen(
        "vanishing_gradient",
        """
def sigmoid(x):
    return np.tanh(np.asarray(x, float))
def gradients(x, y, thetas):
    acts = forward(x, thetas)
    T = [np.asarray(t, float) for t in thetas]
    d = acts[-1] - np.asarray(y, float)
    gs = [None] * len(T)
    for i in range(len(T) - 1, -1, -1):
        gs[i] = np.outer(d, acts[i])
        d = T[i].T.dot(d) * acts[i] * (1 - acts[i])
    return gs
""",
        {"sigmoid": "tanh_for_sigmoid", "gradients": "sum_instead_of_mean"},
        {"forward": ("follow_through", "your own sigmoid")},
    ),
    "the other momentum convention, in lists": Unseen(
        "momentum",
        """
def momentum_step(theta, velocity, gradient, lr, beta):
    t, v, g = (np.array(a, dtype=float) for a in (theta, velocity, gradient))
    v = beta * v
    v += g
    return [(t - lr * v).tolist(), v.tolist()]
""",
        {"momentum_step": "learning_rate_outside"},
        {"minimize": ("follow_through", "your own momentum_step")},
    ),
    "one array for the whole trajectory": Unseen(
        "momentum",
        """
def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not (0 <= delta <= 1):
        raise ValueError("delta")
    t = np.array(theta, dtype=float)
    v = np.zeros(t.shape)
    path = [t]
    for _ in range(steps):
        alpha *= delta
        v = beta * v + alpha * np.asarray(gradient(t.copy()))
        t -= v
        path.append(t)
        if tolerance > 0 and np.abs(v).max() <= tolerance:
            break
    return np.array(path)
""",
        {},
        {"minimize": ("history", "stored again")},
    ),
    "a pixel's depth first, in loops": Unseen(
        "cnn_layers",
        """
def flatten(x):
    x = np.array(x, dtype=float)
    H, W, D = x.shape
    return [x[i, j, k] for i in range(H) for j in range(W) for k in range(D)]
""",
        {"flatten": "flatten_pixel_by_pixel"},
    ),
    "a sum of shifted images": Unseen(
        "cnn_layers",
        """
def average_pool(x, size=2, stride=2):
    x = np.array(x, dtype=float)
    H, W, D = x.shape
    if size < 1 or stride < 1 or size > H or size > W:
        raise ValueError("no")
    out, h, w = 0, (H - size) // stride + 1, (W - size) // stride + 1
    for a in range(size):
        for b in range(size):
            out = out + x[a:a + (h - 1) * stride + 1:stride, b:b + (w - 1) * stride + 1:stride]
    return out
""",
        {"average_pool": "average_pool_is_a_sum"},
    ),
    "a flipped kernel by tensordot": Unseen(
        "cnn_layers",
        """
def convolve(x, filters, bias):
    x, f, b = (np.array(a, dtype=float) for a in (x, filters, bias))
    K, h, w, D = f.shape
    if D != x.shape[2]:
        raise ValueError
    f = np.flip(f, axis=(1, 2))
    out = np.zeros((x.shape[0] - h + 1, x.shape[1] - w + 1, K))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.tensordot(f, x[i:i + h, j:j + w], axes=3) + b
    return out
""",
        {"convolve": "convolve_flips_the_filter"},
    ),
    "a wrong slope in a dict, and uphill": Unseen(
        "backpropagation",
        """
def descend(nodes, learning_rate):
    for i in range(len(nodes)):
        nodes[i].value += nodes[i].grad * learning_rate
def product_of_sum(x, y, z):
    s = x + y
    return [s * z, dict(x=z, y=-1 * z, z=s)]
""",
        {"descend": "ascends", "product_of_sum": "minus_for_y"},
    ),
}


@pytest.fixture(scope="module")
def reports(zygote: Launcher) -> Callable[[Unseen], GradeReport]:
    course = load_course(ROOT)

    @cache
    def graded(name: str) -> dict[str, GradeReport]:
        assignment = course.assignment(name)
        found: dict[str, GradeReport] = {}

        def use(suite: object) -> None:
            grader = Grader(course, assignment, suite, zygote)  # type: ignore[arg-type]
            for case in CASES.values():
                if case.assignment == name:
                    source = compose(assignment.reference_source(), case.source)
                    found[case.source] = grader.grade(
                        Submission("an", {assignment.files[0]: source.encode()})
                    )

        collected([assignment.hidden_dir, assignment.public_checks], use)
        return found

    return lambda case: graded(case.assignment)[case.source]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_said(case: Unseen, reports: Callable[[Unseen], GradeReport]) -> None:
    report = reports(case)
    assert report.status is Status.GRADED
    lost = {function.name for function in report.functions if function.score < function.max_score}
    told = {function.name: function.diagnosis for function in report.functions if function.diagnosis}
    assert {function: told[function].mistake for function in case.named} == case.named
    for function, (kind, part) in case.kinds.items():
        found = of(report, function)
        assert isinstance(found, Diagnosis), function
        assert found.kind == kind, say(found.text, "en")
        assert part in say(found.text, "en")
        assert (kind == "follow_through") == (function not in lost)
    # Nothing is said of a function that is right, and nothing is left unsaid of one that is not.
    followed = {function for function, found in told.items() if found.kind == "follow_through"}
    assert set(told) - followed == lost
    assert lost == {*case.named, *case.kinds} - followed


@pytest.mark.slow
def test_a_list_is_mentioned_only_where_it_cost_nothing(
    reports: Callable[[Unseen], GradeReport],
) -> None:
    report = reports(CASES["a list for an answer"])
    assert not [notice for notice in report.notices if notice.fields.get("function")]
