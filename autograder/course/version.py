"""Which version graded this, and with which of the eight sets of inputs?"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError

INPUT_SETS = 8


def course_version(assignment: Assignment) -> str:
    """Version of what students have; changes with any byte of the manifest, the public checks and the stub.

    Returns  the manifest's version, "+" and 10 hex digits of a SHA-256, e.g. "1+0f3a9c2b1d"
    """
    folder = assignment.public_dir
    public = (
        assignment.manifest_path,
        assignment.public_checks,
        *(folder / name for name in assignment.files),
    )
    return f"{assignment.version}+{_digest(folder, public)}"


def suite_version(assignment: Assignment) -> str:
    """Version of what decides the mark; changes with any byte of hidden suite, reference or manifest.

    Returns  the manifest's version, "+" and 10 hex digits of a SHA-256
    Raises   UsageError without solutions
    """
    secret_dir = assignment.reference_path.parent
    hidden = (path for path in assignment.hidden_dir.rglob("*") if not _is_by_product(path, secret_dir))
    files = _files_below(secret_dir, (assignment.reference_path, *hidden))
    files["assignment.toml"] = assignment.manifest_path
    return f"{assignment.version}+{_digest_of(files)}"


def input_set(course: Course, assignment: Assignment, files: Mapping[str, bytes]) -> int:
    """Which set of inputs a submission meets, 0…7.

    files    name → bytes, as graded
    Returns  HMAC-SHA256 of the suite's version and the files' hashes, under the course's secret, modulo 8:
             the same bytes meet the same inputs, and nobody without the secret can tell which
    Raises   CourseError without solutions/secret.key
    """
    path = course.secret_key_path
    try:
        secret = path.read_bytes().strip()
    except OSError:
        secret = b""
    if len(secret) < 16:
        raise CourseError(
            f"{path} is missing or shorter than 16 characters. It picks each submission's inputs; "
            f'make one with: python -c "import secrets; print(secrets.token_hex())" > {path}'
        )
    hashes = sorted(
        f"{hashlib.sha256(content).hexdigest()} {name}".encode("utf-8", "surrogatepass")
        for name, content in files.items()
    )
    told = b"\n".join([suite_version(assignment).encode(), *hashes])
    return int.from_bytes(hmac.digest(secret, told, "sha256"), "big") % INPUT_SETS


def _is_by_product(path: Path, root: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(root).parts)


def _digest(root: Path, paths: Iterable[Path]) -> str:
    return _digest_of(_files_below(root, paths))


def _files_below(root: Path, paths: Iterable[Path]) -> dict[str, Path]:
    return {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}


def _digest_of(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name].read_bytes()
        # Lengths first, so that no two sets of files can run into the same bytes.
        digest.update(f"{len(name.encode())} {len(content)} {name}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:10]
