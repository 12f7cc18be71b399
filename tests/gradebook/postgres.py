"""A PostgreSQL server of one's own, from Debian's packages: on a Unix socket in a temporary folder, for one test session.

`initdb` refuses root, so root starts it as "nobody". It ends with the tests, also when those are killed.

    from tests.gradebook.postgres import postgres  # a fixture, session scope: skips where there is no server to start
    def test_it(postgres: Postgres) -> None:
        with Store.open(postgres.new_schema()) as store: ...
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_START_SECONDS = 60.0
_USER = "autograde"


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`: the newest that Debian installed, or the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _in_memory() -> str | None:
    """A folder in memory where there is room for a server: thousands of small files, gone with the tests."""
    folder = "/dev/shm"
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        return None
    free = os.statvfs(folder)
    return folder if free.f_bavail * free.f_frsize > 512 * 2**20 else None


class Postgres:
    """A server, running from `start` to `stop`; may be started and stopped again."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Short, as a socket's path may have some hundred bytes; not pytest's folder, which others may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="autograde-pg-", dir=_in_memory()))
        self._process: subprocess.Popen[bytes] | None = None
        self._names = itertools.count()
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as_user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        self._run(
            "initdb", "--no-sync", "--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C"
        )

    def _command(self, program: str, *arguments: str) -> list[str]:
        setpriv = ["setpriv", *self._as_user, "--pdeathsig=QUIT"]
        return [*setpriv, str(self._programs / program), "-D", str(self.folder / "data"), *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments), capture_output=True, cwd="/", env=_environment(), timeout=120
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it answers. It ends with the thread that started it, so that it never stays behind."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "max_connections": "40",
            "shared_buffers": "16MB",
            "max_wal_size": "128MB",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", *options), stdout=log, stderr=log, cwd="/", env=_environment()
            )
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            alive = self._process.poll() is None and time.monotonic() < end
            assert alive, (self.folder / "log").read_text(errors="replace")
            time.sleep(0.05)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(host=str(self.folder), user=_USER, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it. SIGINT: at once, connections are cut; SIGQUIT: as in a crash, it recovers at the next start."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def url(self, database: str) -> str:
        """The address of a database, for `Store.open`."""
        return f"postgresql+psycopg://{_USER}@/{database}?host={self.folder}"

    def new_database(self, *options: str) -> str:
        """The address of a new, empty database. options: of CREATE DATABASE."""
        name = f"book{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} {' '.join(options)}")
        return self.url(name)

    def new_schema(self) -> str:
        """The address of a new, empty schema: to us it is as a database, and a hundredth of the files."""
        name = f"book{next(self._names)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}&options=-csearch_path%3D{name}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement on its own."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user=_USER, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def cut_connections(self) -> None:
        """End everyone's connection, as an administrator or a restart does."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def close(self) -> None:
        """Stop it and remove all."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def server() -> Postgres:
    """A running server. Skips the test where there is none to be had; `close` it."""
    programs = binaries()
    if programs is None or shutil.which("setpriv") is None:
        pytest.skip("needs PostgreSQL's server: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="needs psycopg: pip install 'autograder[postgresql]'")
    made = Postgres(programs)
    try:
        made.start()
    except BaseException:
        made.close()
        raise
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server for the whole session."""
    made = server()
    yield made
    made.close()
