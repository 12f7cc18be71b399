"""What can I type? One file a command; `main.py` holds the group and the only error boundary."""

from __future__ import annotations
