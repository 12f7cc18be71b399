"""I01 in a real browser: no script of a hostile submission runs in its report; in an unescaped page it does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.reports import html, write
from tests.hostile import inject, sinks
from tests.hostile.entry import SUBMISSIONS
from tests.hostile.graded import Grading
from tests.reports.corpus import CORPUS, attacked
from tests.reports.pages import Page
from tests.reports.samples import class_of

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
# Nothing is to be fetched but the file itself.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-pings --disable-dev-shm-usage "
    "--host-resolver-rules=MAP * ~NOTFOUND"
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
]


def title_after(page: Path, folder: Path) -> str:
    """The document's title once its scripts, if any, have run."""
    assert BROWSER is not None
    first, _, rule = FLAGS.partition("--host-resolver-rules=")
    command = [
        BROWSER,
        *first.split(),
        f"--host-resolver-rules={rule}",
        f"--user-data-dir={folder / 'profile'}",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=180, check=True
    )
    assert "<title>" in done.stdout, done.stderr[-500:]
    return done.stdout.partition("<title>")[2].partition("</title>")[0]


def test_a_script_in_an_unescaped_page_runs(tmp_path: Path) -> None:
    """The control: this browser does run what the attack holds."""
    names: dict[str, object] = {}
    exec((SUBMISSIONS / "I01_scripts.py").read_text("utf-8"), names)
    for number, attack in enumerate(
        [str(names["ATTACK"]), "<img src=x onerror=\"document.title = 'owned'\">"]
    ):
        page = tmp_path / f"{number}.html"
        page.write_text(sinks.page(attack), encoding="utf-8")
        assert title_after(page, tmp_path) == "owned"


def test_no_script_runs_in_the_report_of_a_hostile_submission(grading: Grading, tmp_path: Path) -> None:
    (entry,) = [entry for entry in inject.ENTRIES if entry.id == "I01"]
    graded = grading.grade(entry.paths(tmp_path)[0])
    assert "document.title" in graded.html
    for page in (graded.folder / write.page_name("an"), graded.folder / write.CLASS):
        shown = title_after(page, tmp_path / "browser")
        assert shown.startswith("Three small functions")


def test_the_policy_alone_keeps_a_script_from_running(tmp_path: Path) -> None:
    """The second wall: where an escape were forgotten, the page's own policy holds."""
    page = html.student_page(attacked("x"), class_of(), "en")
    forgotten = page.replace(
        "</h1>",
        "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\"></h1>",
        1,
    )
    assert forgotten != page
    (tmp_path / "with.html").write_text(forgotten, encoding="utf-8")
    assert title_after(tmp_path / "with.html", tmp_path) != "owned"
    start = forgotten.index("<meta http-equiv")
    without = forgotten[:start] + forgotten[forgotten.index(">", start) + 1 :]
    (tmp_path / "without.html").write_text(without, encoding="utf-8")
    assert title_after(tmp_path / "without.html", tmp_path) == "owned"


def test_no_trick_of_the_corpus_runs_in_a_page(tmp_path: Path) -> None:
    tricks = "\n".join(text for text in CORPUS.values() if len(text) < 2000)
    page = tmp_path / "page.html"
    page.write_text(html.student_page(attacked(tricks), class_of(), "en"), encoding="utf-8")
    assert title_after(page, tmp_path).startswith(Page(page.read_text("utf-8")).text.split(" – ")[0][:10])
