"""A class of made-up students with real files: what `autograde demo` grades, and the tests of whole classes.

The files come from the banks of a course, so they are what students really write; the rest are the accidents of every
class: half finished, not Python, endless, in an old encoding, under another name, two files at once.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path

from autograder.course.bank import Entry, compose, mistakes, variants
from autograder.course.manifest import Assignment
from autograder.course.stub import cut, without_markers

NAMES = [
    "Nguyễn Thị Minh Anh",
    "Trần Văn Bảo",
    "Lê Hoàng Châu",
    "Phạm Quốc Đạt",
    "Huỳnh Gia Hân",
    "Võ Nhật Huy",
    "Đặng Thuỳ Linh",
    "Bùi Đức Long",
    "Đỗ Khánh Ly",
    "Hồ Phương Mai",
    "Ngô Tuấn Kiệt",
    "Dương Bích Ngọc",
    "Lý Thành Nhân",
    "Mai Xuân Phúc",
    "Đinh Hải Quân",
    "Trương Mỹ Quyên",
    "Phan Thanh Sơn",
    "Vũ Ngọc Thảo",
    "Tạ Minh Trí",
    "Cao Thị Tường Vy",
    "Lâm Chí Vĩnh",
    "Hà Yến Nhi",
    "Tô Quang Vinh",
    "Châu Bảo Trân",
    "Nguyễn Hoài An",
    "Trần Thị Kim Oanh",
    "Lê Đình Phong",
    "Phạm Hương Giang",
    "Zoë Müller",
    "José Ángel Núñez",
    "Siobhán O'Brien",
    "Jean-Luc d'Aubigné",
    "山田 花子",
    "김민준",
    "Ольга Иванова",
    "Fatima al-Zahra",
    "Nguyễn Văn A",
    "Nguyễn Văn An",
    "Li Wei",
    "Chidi Okonkwo",
]
"""As they stand in rosters: accents, two scripts that read alike, apostrophes, one name inside another."""


def sample_class(assignment: Assignment, size: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """(student, files) for `size` students: the accidents first, then the banks over and over, and correct files.

    The same assignment and size give the same class.
    """
    reference = assignment.reference_source()
    files = list(_files(assignment, reference))
    draw = random.Random(f"{assignment.id}:{size}")
    names = list(NAMES)
    draw.shuffle(names)
    for index in range(size):
        name = names[index % len(names)]
        student = name if index < len(names) else f"{name} {index // len(names) + 1}"
        yield student, files[index % len(files)]


def write_class(assignment: Assignment, size: int, folder: Path) -> None:
    """The sample class as folders: `folder/<student>/<file>`."""
    for student, files in sample_class(assignment, size):
        (folder / student).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / student / name).write_bytes(data)


def _files(assignment: Assignment, reference: str) -> Iterator[dict[str, bytes]]:
    main = assignment.files[0]
    right = without_markers(reference)
    yield {main: right.encode()}
    yield {main: _half_finished(reference).encode()}
    yield {main: _broken(right).encode()}
    yield {main: _endless(reference, _first_function(assignment, reference)).encode()}
    yield {main: b"# -*- coding: cp1258 -*-\n# B\xe0i n\xf4\xf2p\n" + right.encode()}
    yield {main.replace(".py", " (1).py"): right.encode()}
    yield {main: right.encode(), main.replace(".py", ".ipynb"): b"{}"}
    for entry in _in_turn(mistakes(assignment), variants(assignment)):
        yield {main: compose(reference, entry.source).encode()}


def _in_turn(*banks: tuple[Entry, ...]) -> Iterator[Entry]:
    """One of each bank in turn, until all are used up."""
    for index in range(max(map(len, banks), default=0)):
        for bank in banks:
            if index < len(bank):
                yield bank[index]


def _functions(source: str) -> list[ast.FunctionDef | ast.ClassDef]:
    return [node for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _first_function(assignment: Assignment, reference: str) -> str:
    plain = {node.name for node in ast.parse(reference).body if isinstance(node, ast.FunctionDef)}
    return next(function.name for function in assignment.functions if function.name in plain)


def _half_finished(reference: str) -> str:
    """The first half of the functions written, the rest as in the stub."""
    stub, right = cut(reference), without_markers(reference)
    written, open_ones = _functions(right), {node.name: node for node in _functions(stub)}
    middle = next(node for node in written[len(written) // 2 :] if node.name in open_ones)
    rest = stub.splitlines()[open_ones[middle.name].lineno - 1 :]
    return "\n".join(right.splitlines()[: middle.lineno - 1] + rest) + "\n"


def _broken(right: str) -> str:
    """The colon behind the last function's head is missing."""
    lines = right.splitlines()
    last = [node for node in ast.parse(right).body if isinstance(node, ast.FunctionDef)][-1]
    head = last.body[0].lineno - 2
    for index in range(last.lineno - 1, head + 1):
        if lines[index].rstrip().endswith(":"):
            lines[index] = lines[index].rstrip()[:-1]
            break
    return "\n".join(lines) + "\n"


def _endless(reference: str, name: str) -> str:
    """The function `name` waits for something that never comes."""
    right = without_markers(reference)
    node = next(node for node in _functions(right) if node.name == name)
    lines = right.splitlines()
    # Before the first statement behind the docstring.
    position = node.body[min(1, len(node.body) - 1)].lineno - 1
    indent = " " * node.body[0].col_offset
    lines[position:position] = [f"{indent}while True:", f"{indent}    pass"]
    return "\n".join(lines) + "\n"
