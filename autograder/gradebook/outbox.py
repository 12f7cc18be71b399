"""What still waits to be sent? Submissions that the exchange could not take, kept in the user's own folder.

Every submission is put here before it is sent and taken out after it has arrived, so that neither a missing
exchange nor a crash in between loses it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import AutogradeError, UsageError
from autograder.gradebook.exchange import ExchangeUnavailable, store
from autograder.gradebook.receipt import Receipt, file_name, from_json, to_json
from autograder.model import message

_RECEIPTS = Path(".autograde", "receipts")


@dataclass(frozen=True)
class Waiting:
    """One submission that has not arrived yet.

    exchange     where it is to go
    work_folder  where its receipt is to be saved once it has arrived
    folder       where it waits
    """

    receipt: Receipt
    exchange: Path
    work_folder: Path
    folder: Path

    def files(self) -> dict[str, bytes]:
        """Name → bytes, as they were when handed in."""
        return {line.name: (self.folder / "files" / line.name).read_bytes() for line in self.receipt.files}


@dataclass(frozen=True)
class Sent:
    """What became of the waiting submissions: those that arrived, and those that wait on, with the reason."""

    arrived: tuple[Waiting, ...]
    failed: tuple[tuple[Waiting, str], ...]


def put(
    outbox: Path, receipt: Receipt, files: Mapping[str, bytes], exchange: Path, work_folder: Path
) -> Waiting:
    """Keep a submission until it has been sent. Raises AutogradeError where it cannot be written."""
    try:
        return _put(outbox, receipt, files, exchange, work_folder)
    except OSError as error:
        raise AutogradeError(
            message(
                "Nothing was submitted: {folder} cannot be written: {reason}. "
                "Make room there, or name another folder with AUTOGRADE_DATA.",
                folder=str(outbox),
                reason=str(error.strerror),
            )
        ) from None


def _put(
    outbox: Path, receipt: Receipt, files: Mapping[str, bytes], exchange: Path, work_folder: Path
) -> Waiting:
    name = f"{Path(file_name(receipt)).stem}-{secrets.token_hex(3)}"
    written = outbox / f".{name}"
    (written / "files").mkdir(parents=True)
    about = {
        "exchange": str(exchange.absolute()),
        "work_folder": str(work_folder.absolute()),
        "receipt": to_json(receipt),
    }
    contents = {f"files/{file}": content for file, content in files.items()}
    contents["entry.json"] = json.dumps(about).encode()
    for path, content in contents.items():
        with (written / path).open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    folder = outbox / name
    written.rename(folder)
    return Waiting(receipt, exchange.absolute(), work_folder.absolute(), folder)


def waiting(outbox: Path) -> list[Waiting]:
    """Everything that waits, the oldest first."""
    found = []
    for folder in sorted(outbox.iterdir()) if outbox.is_dir() else ():
        if folder.name.startswith("."):
            continue
        with suppress(OSError, ValueError, KeyError, TypeError, UsageError):
            about = json.loads((folder / "entry.json").read_bytes())
            receipt, _ = from_json(about["receipt"], str(folder))
            found.append(Waiting(receipt, Path(about["exchange"]), Path(about["work_folder"]), folder))
    return found


def send(outbox: Path) -> Sent:
    """Try to send all that waits, the oldest first. Never raises for an exchange that is away."""
    arrived: list[Waiting] = []
    failed: list[tuple[Waiting, str]] = []
    for entry in waiting(outbox):
        try:
            store(entry.exchange, entry.receipt, entry.files())
        except ExchangeUnavailable as error:
            failed.append((entry, error.why))
        except (OSError, ValueError) as error:
            # Gone: another process has sent it meanwhile.
            if entry.folder.exists():
                failed.append((entry, str(error)))
        else:
            # In this order: a crash in between sends it twice, which loses nothing.
            with suppress(OSError):
                save_receipt(entry.work_folder, entry.receipt)
            shutil.rmtree(entry.folder, ignore_errors=True)
            arrived.append(entry)
    return Sent(tuple(arrived), tuple(failed))


def save_receipt(work_folder: Path, receipt: Receipt) -> Path:
    """Write the receipt beside the student's files; returns its path."""
    folder = work_folder / _RECEIPTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(receipt)
    path.write_text(to_json(receipt), encoding="utf-8")
    return path


def saved_receipts(work_folder: Path) -> list[Path]:
    """The receipts beside the student's files, the oldest first."""
    return sorted((work_folder / _RECEIPTS).glob("*.json"))
