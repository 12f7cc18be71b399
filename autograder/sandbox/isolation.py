"""What holds the workers back here, for the record of every result."""

from __future__ import annotations

import platform
from importlib.metadata import version

LAYERS = ("own process", "clean environment", "closed descriptors", "resource limits")


def isolation() -> dict[str, str | int | float]:
    """Level and facts: level "none" until the kernel confines workers."""
    return {
        "level": "none",
        "layers": ", ".join(LAYERS),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "numpy": version("numpy"),
    }
