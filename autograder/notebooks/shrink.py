"""What does a very large notebook say, without its outputs? Run as a process of its own: JSON in, JSON out.

It may use as much memory as it is told and no more, since a hundred megabytes of brackets become some gigabytes.
"""

from __future__ import annotations

import json
import resource
import sys


def main() -> int:
    most = int(sys.argv[1]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    notebook = json.loads(sys.stdin.buffer.read().decode("utf-8-sig"))
    parts = [notebook, *(notebook.get("worksheets") or ())]
    for part in parts:
        for cell in part.get("cells") or ():
            cell.pop("outputs", None)
    sys.stdout.write(json.dumps(notebook))
    return 0


if __name__ == "__main__":
    sys.exit(main())
