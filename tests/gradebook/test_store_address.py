"""The gradebook is where somebody says, nearest first; and no password is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import AutogradeError
from autograder.gradebook.address import address, file_of, shown, url
from autograder.gradebook.store import Store


@pytest.fixture(autouse=True)
def nobody_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AUTOGRADE_GRADEBOOK", raising=False)
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AUTOGRADE_CONFIG", str(tmp_path / "config.toml"))


def test_the_nearest_word_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert file_of(address("dl")) == tmp_path / "data" / "dl" / "gradebook.db"
    assert file_of(address("../x")) != file_of(address("x"))
    assert file_of(address("../x")).parent.parent == tmp_path / "data"  # type: ignore[union-attr]
    (tmp_path / "config.toml").write_text('gradebook = "/srv/g.db"\n')
    assert address("dl") == "sqlite:////srv/g.db"
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", "postgresql://a@b/c")
    assert address("dl") == "postgresql://a@b/c"
    monkeypatch.chdir(tmp_path)
    assert address("dl", "here.db") == f"sqlite:///{tmp_path}/here.db"
    assert address("dl", "~/x.db") == url(Path("~/x.db").expanduser())
    assert not (tmp_path / "data").exists()


def test_a_configuration_that_is_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("gradebook = 7\n")
    with pytest.raises(AutogradeError, match="gradebook is 7"):
        address("dl")


def test_no_password_is_shown() -> None:
    for password in ("s3cret", "s3:cret", "s3@cret", "s3/cret", ":", "%40"):
        assert shown(f"postgresql://me:{password}@host/book") == "postgresql://me:***@host/book"
    assert shown("postgresql://me:s3cret@host:5432/book") == "postgresql://me:***@host:5432/book"
    assert (
        shown("postgresql://me@host/book?password=s3cret&port=1")
        == "postgresql://me@host/book?password=***&port=1"
    )
    assert shown("sqlite:////srv/a:b@c.db") == "/srv/a:b@c.db"


@pytest.mark.parametrize(
    "typed",
    [
        "postgresql://me:s3cret@127.0.0.1:1/book",
        "postgresql://me:a@s3cret@127.0.0.1:1/book",
        "postgresql://me:s3cret\n@127.0.0.1:1/book",
        "postgresql://me@127.0.0.1:1/book?pass%77ord=s3cret",
        "postgresql://me@127.0.0.1:1/book?pasword=s3cret",
        "postgresql://me:s3cret@127.0.0.1:port/book",
        "postgresql://me:s3cret@[::1/book",
        "postgresql:me:s3cret@127.0.0.1/book",
        "postgre-sql://me:s3cret@127.0.0.1/book",
        "mysql://me:s3cret@127.0.0.1/book",
        "host=127.0.0.1 port=1 password=s3cret",
        "password='s3cret'",
    ],
)
def test_whatever_is_wrong_with_an_address_no_password_is_told(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AutogradeError) as refused:
        Store.open(url(typed))
    told = "".join(str(part) for part in refused.value.parts) + str(refused.value)
    assert "s3cret" not in told
    assert list(tmp_path.iterdir()) == []
