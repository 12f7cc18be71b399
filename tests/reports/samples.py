"""Results to render: a plausible class, an awkward one, a hostile one, a large one.

Functions here belong to no course that exists.
"""

from __future__ import annotations

from autograder.model import (
    CheckResult,
    ClassResults,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Status,
    message,
)

SHA = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"
ISOLATION = {"level": "process", "note": "not confined by the kernel"}


def check(
    label: str,
    max_score: int,
    outcome: Outcome = Outcome.PASSED,
    *messages: Message,
    call: str = "",
    hint: str = "",
    follow_through: bool = False,
    name: str = "",
) -> CheckResult:
    """A check with the score that its outcome gives."""
    keeps = follow_through or not outcome.costs_points
    return CheckResult(
        label, outcome, max_score if keeps else 0, max_score, messages, call, hint, follow_through, name
    )


def untouched(name: str, *worth: int) -> FunctionResult:
    """A function that is not written yet."""
    not_written = message("{function} is not written yet.", function=name)
    return FunctionResult(
        name,
        tuple(
            check(f"property {index} of {name}", cents, Outcome.NOT_WRITTEN, not_written)
            for index, cents in enumerate(worth, 1)
        ),
        Diagnosis("not_written", None, not_written),
    )


def full(name: str, *worth: int) -> FunctionResult:
    """A function that passed."""
    return FunctionResult(
        name, tuple(check(f"property {index} of {name}", cents) for index, cents in enumerate(worth, 1))
    )


AREA = FunctionResult("area", (check("width times height", 1500, name="test_area"), check("lists too", 500)))

PERIMETER = FunctionResult(
    "perimeter",
    (
        check("twice the sum of both sides", 667),
        check(
            "read-only, strided and float32 arrays are numbers too",
            333,
            Outcome.FAILED,
            message("shape {actual} where {desired} is due", actual="(2, 1)", desired="(2,)"),
            message(
                "entry {index}: yours {actual}, expected {desired}; {count} of {total} entries differ",
                index="[1, 0]",
                actual="6.0",
                desired="10.0",
                count=2,
                total=4,
            ),
            call="perimeter(np.array([1.0, 2.0], dtype=np.float32), [2.0, 3.0])",
            hint="Convert the arguments first: np.asarray(width, dtype=float).",
            name="test_forms",
        ),
    ),
    Diagnosis(
        "mistake",
        "one_side_only",
        Message("Your perimeter adds each side once. A rectangle has four sides: both lengths count twice."),
    ),
)

DIAGONAL = FunctionResult(
    "diagonal",
    (
        check("the square root of the sum of squares", 1000, follow_through=True, outcome=Outcome.FAILED),
        check("huge sides do not overflow", 1000, Outcome.TIMED_OUT, message("no answer within {s} s", s=5)),
    ),
)

CIRCLE = FunctionResult(
    "circle",
    (
        check(
            "the radius may be 0",
            1000,
            Outcome.CRASHED,
            message("{error}: {text} ({file}:{line})", error="ZeroDivisionError", text="division by zero",
                    file="shapes.py", line=41),
            call="circle(0)",
        ),
        check("pi to the last digit", 1000, Outcome.SUITE_ERROR, message("The suite gave float32 here.")),
    ),
)  # fmt: skip

POLYGON = untouched("polygon", 1000, 500, 500)

PARTLY = GradeReport(
    student="nguyen-thi-hoa",
    assignment="shapes",
    status=Status.GRADED,
    functions=(AREA, PERIMETER, DIAGONAL, CIRCLE, POLYGON, full("sphere", 1000)),
    max_score=10000,
    input_set=3,
    isolation="B",
    notices=(
        message('"{name}" is not part of the assignment and was ignored.', name="notes.txt"),
        message("{function} remembers earlier calls: alone, it gave another result.", function="area"),
    ),
    public=(
        FunctionResult("area", (check("2 by 3 is 6", 0), check("0 by 3 is 0", 0))),
        FunctionResult(
            "circle",
            (check("radius 1 is pi", 0, Outcome.FAILED, message("yours {a}, not {b}", a="3.0", b="3.14")),),
        ),
    ),
    output="hello from import\nwidth = 2.0, height = 3.0\n",
    files={"shapes.py": SHA},
    seconds=0.231,
)
PERFECT = GradeReport(
    student="Trần Đức Anh",
    assignment="shapes",
    status=Status.GRADED,
    functions=tuple(
        full(name, *worth)
        for name, worth in {
            "area": (1500, 500), "perimeter": (667, 333), "diagonal": (1000, 1000), "circle": (1000, 1000),
            "polygon": (1000, 500, 500), "sphere": (1000,),
        }.items()
    ),
    max_score=10000,
    input_set=0,
    files={"shapes.py": SHA, "helpers.py": SHA[::-1]},
    seconds=0.1,
)  # fmt: skip
EMPTY = GradeReport(
    student="stub",
    assignment="shapes",
    status=Status.GRADED,
    functions=tuple(
        untouched(name, *(c.max_score for c in function.checks))
        for function in PERFECT.functions
        for name in [function.name]
    ),
    max_score=10000,
    input_set=5,
    files={"shapes.py": SHA},
)
UNGRADABLE = GradeReport(
    student="le-van-cuong",
    assignment="shapes",
    status=Status.UNGRADABLE,
    message=message("{file}, line {line}: {text}", file="shapes.py", line=12, text="'(' was never closed"),
    max_score=10000,
)
SYSTEM_ERROR = GradeReport(
    student="pham-quoc-bao",
    assignment="shapes",
    status=Status.SYSTEM_ERROR,
    message=message("The grader ran out of disk space. Nothing is lost; grade this submission again."),
    max_score=10000,
)
ALL_SKIPPED = GradeReport(
    student="skipped",
    assignment="shapes",
    status=Status.GRADED,
    functions=(
        FunctionResult("area", tuple(check(f"part {i}", 3333 + (i == 0), Outcome.SKIPPED) for i in range(3))),
    ),
    max_score=10000,
    input_set=1,
)

HOSTILE_IDS = (
    "",
    "\t=1+1",
    "\n2,=cmd|' /C calc'!A0",
    "\x1b]0;owned\x07\x1b[2J",
    '"><img src=x onerror=alert(1)>',
    "'=1+1",
    "+1+1",
    "--all",
    "-1+1",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "An",
    "[red]an[/red]",
    "an",
    "class",
    "e\u0301",
    "javascript:alert(1)",
    "marks",
    "x" * 255,
    "{{7*7}}{0.__class__}%(x)s",
    "\u00e9",
    "\u202e\u2066evil",
    "\udc80\udcff",
    "＝1+1",
)

ATTACK = (
    "</pre></td></title></style><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>"
    "\x1b[31m\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;file:///etc/passwd\x07\x9b2J"
    "\u202e\u2066\u200b\x00\ud800\x85\x7f\r{{7*7}}{% raw %}{0.__class__}%(x)s{text}[bold red]x[/]"
    '=HYPERLINK("x")\ngrader: 100/100 points\n'
)


def hostile_report(student: str) -> GradeReport:
    """A report in which every text that a student can reach attacks the page it is shown on."""
    attack = message("raised {text}", text=ATTACK)
    return GradeReport(
        student=student,
        assignment="shapes",
        status=Status.GRADED,
        functions=(
            FunctionResult(
                "area",
                (
                    check("both sides", 4000, Outcome.CRASHED, attack, call=f"area({ATTACK})", hint=ATTACK),
                    check("lists too", 6000),
                ),
                Diagnosis("crashed", None, attack),
            ),
        ),
        max_score=10000,
        input_set=2,
        notices=(attack,),
        public=(FunctionResult("area", (check(ATTACK, 0, Outcome.FAILED, attack),)),),
        output=ATTACK * 100,
        files={f"{ATTACK}.py": SHA},
    )


def class_of(*reports: GradeReport) -> ClassResults:
    """The reports as a class, sorted."""
    return ClassResults(
        assignment="shapes",
        title="Hình phẳng và hình khối",
        course_version="2026.1",
        suite_version="9f3c2e",
        isolation=ISOLATION,
        reports=tuple(sorted(reports, key=lambda report: report.student)),
    )


def hostile_class() -> ClassResults:
    """One hostile report for each hostile id."""
    return class_of(*(hostile_report(student) for student in HOSTILE_IDS))


def forty_functions(student: str = "many") -> GradeReport:
    """40 functions with labels that are far too long; every third is wrong."""
    return GradeReport(
        student=student,
        assignment="shapes",
        status=Status.GRADED,
        functions=tuple(
            FunctionResult(
                f"a_function_with_a_very_long_name_indeed_number_{index}",
                (
                    check(
                        "a label that goes on " + "and on " * 40 + "w" * 300,
                        250,
                        Outcome.FAILED if index % 3 == 0 else Outcome.PASSED,
                    ),
                ),
            )
            for index in range(40)
        ),
        max_score=10000,
        input_set=7,
    )


FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Okafor", "García")
GIVEN = ("Thị Hoa", "Văn Cường", "Đức Anh", "Minh Châu", "Quốc Bảo", "Thuỳ Linh", "Ngọc Ánh", "Hữu Phước")


def class_like_any(size: int) -> ClassResults:
    """A class with every kind of report, of `size` students; the same one each time."""
    reports = []
    for index in range(size):
        student = f"{FAMILY[index % 12]} {GIVEN[index * 7 % 8]} {index:03d}"
        if index % 23 == 11:
            status, reason = Status.UNGRADABLE, UNGRADABLE.message
            reports.append(GradeReport(student, "shapes", status, message=reason, max_score=10000))
            continue
        if index == 29:
            status, reason = Status.SYSTEM_ERROR, SYSTEM_ERROR.message
            reports.append(GradeReport(student, "shapes", status, message=reason, max_score=10000))
            continue
        choices = [
            (PARTLY, PERFECT, EMPTY)[(index * k + index // k) % 7 % 3 if index % 4 else 1]
            for k in (2, 3, 5, 7, 11, 13)
        ]
        functions = tuple(chosen.functions[place] for place, chosen in enumerate(choices))
        reports.append(
            GradeReport(
                student, "shapes", Status.GRADED, functions, max_score=10000, input_set=index % 8,
                files={"shapes.py": SHA}, seconds=0.25,
            )
        )  # fmt: skip
    return class_of(*reports)
