"""What stands below a cell: nothing acts, everything is said in HTML and in text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from autograder.course import Course
from autograder.grading.warm import PublicRun
from autograder.model import CheckResult, FunctionResult, Message, Outcome, message
from autograder.notebooks.shown import Asked, checked, hinted

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e&amp;{0}%s"


class Elements(HTMLParser):
    """The elements of a page and their attributes; all must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name) for name, _value in attributes] or [(tag, "")]
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def one(outcome: Outcome, label: str = "it adds", **more: object) -> CheckResult:
    return CheckResult(label, outcome, 0, 0, **more)  # type: ignore[arg-type]


def shown(course: Course, run: PublicRun, *functions: str) -> dict[str, str]:
    answer = checked(Asked(course.assignment("sums"), {"add"}, functions), run)
    (only,) = answer["shown"]  # type: ignore[misc]
    return only  # type: ignore[no-any-return]


def test_nothing_that_a_student_wrote_acts(tiny_course: Course) -> None:
    failed = one(Outcome.FAILED, EVIL, messages=(Message(EVIL),), call=EVIL, hint=EVIL)
    run = PublicRun((FunctionResult("add", (failed, failed)),), EVIL, None, False, (Message(EVIL),))
    for told in (
        shown(tiny_course, run),
        shown(tiny_course, PublicRun(error=Message(EVIL))),
        *hinted(run, run.functions[0], [(EVIL, EVIL), ("", EVIL)])["shown"],  # type: ignore[misc]
    ):
        allowed = {"div", "span", "b", "pre", "details", "summary"}
        assert {tag for tag, _name in Elements(told["text/html"]).found} <= allowed
        assert {name for _tag, name in Elements(told["text/html"]).found} <= {"style", ""}
        for text in told.values():
            assert "\x1b" not in text
            assert "\u202e" not in text
        assert "<script>" in told["text/plain"], "and it can still be read"


def test_the_first_failure_in_full_and_the_others_folded(tiny_course: Course) -> None:
    failed = [
        one(Outcome.FAILED, f"check {n}", messages=(message("The result is {n}.", n=n),), call=f"add({n})")
        for n in (1, 2)
    ]
    run = PublicRun(
        (
            FunctionResult("add", (one(Outcome.PASSED, "check 0"), *failed)),
            FunctionResult("mean_of", (one(Outcome.NOT_WRITTEN, "it is the mean"),)),
        )
    )
    told = shown(tiny_course, run)
    assert "The result is 1." in told["text/plain"]
    assert "> add(1)" in told["text/plain"]
    assert "The result is 2." not in told["text/plain"], "nobody can click in a terminal"
    assert (
        told["text/html"].index("check 2")
        < told["text/html"].index("<details")
        < told["text/html"].index("add(2)")
    )
    assert "%hint add" in told["text/plain"]
    assert "0 of the 100 points" in told["text/plain"]
    for mark in ("✓ check 0", "✗ check 1", "✗ check 2"):
        assert mark in told["text/plain"], "colour is not the only sign"
    assert "it is the mean" not in told["text/plain"]
    assert "• it is the mean" in shown(tiny_course, run, "mean_of", "add")["text/plain"]


@pytest.mark.parametrize(
    ("outcome", "colour"),
    [(Outcome.PASSED, "success"), (Outcome.CRASHED, "error"), (Outcome.NOT_WRITTEN, "font-color2")],
)
def test_the_frame_says_how_it_stands(tiny_course: Course, outcome: Outcome, colour: str) -> None:
    told = shown(tiny_course, PublicRun((FunctionResult("add", (one(outcome),)),)), "add")
    assert colour in told["text/html"].partition(">")[0]


def test_each_part_of_the_ladder_has_one_rung_more() -> None:
    function = FunctionResult("add", (one(Outcome.FAILED),))
    found = hinted(
        PublicRun((function,)), function, [("Where", "look here"), ("Which", "x + y"), ("", "no more")]
    )
    texts = [part["text/plain"] for part in found["shown"]]  # type: ignore[attr-defined]
    assert [[word in text for word in ("look here", "x + y", "no more")] for text in texts] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert "%hint add" in texts[0]
    assert "%hint" not in texts[1]
    assert found["failing"] == ["add"]


def test_where_nothing_fails_there_is_nothing_to_hint_at() -> None:
    assert "nothing to hint at" in str(hinted(PublicRun(), None, []))
    assert "Mend this first" in str(hinted(PublicRun(error=message("broken")), None, []))
