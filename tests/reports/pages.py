"""Reads a page strictly: it must be well-formed; gives the text of its tables and every attribute."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}


@dataclass
class Table:
    """One table: the text of its cells, row by row."""

    head: list[list[str]] = field(default_factory=list)
    body: list[list[str]] = field(default_factory=list)
    foot: list[list[str]] = field(default_factory=list)


class Page(HTMLParser):
    """The page that `text` is; raises AssertionError when it is not well-formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.style = ""
        self.tables: dict[str, Table] = {}
        self.headings: list[int] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}"
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag in VOID:
            return
        self.open.append((tag, attributes))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag == "table":
            section = next((a.get("aria-labelledby") for t, a in reversed(self.open) if t == "section"), None)
            inside = "details" if any(t == "details" for t, _a in self.open) else ""
            self.table = self.tables.setdefault(f"{section or 'footer'}{inside}", Table())
        if tag == "tr":
            self.row: list[str] = []
            part = next(t for t, _a in reversed(self.open) if t in {"thead", "tbody", "tfoot"})
            {"thead": self.table.head, "tbody": self.table.body, "tfoot": self.table.foot}[part].append(
                self.row
            )
        if tag in {"td", "th"}:
            self.row.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.style += data
            return
        self.texts.append(data)
        if any(tag in {"td", "th"} for tag, _attributes in self.open):
            self.row[-1] += data

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration in the page: {data}")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment in the page: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction in the page: {data}")
