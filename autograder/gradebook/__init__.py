"""What was handed in, by whom and when? The exchange folder, receipts, and what waits to be sent."""

from __future__ import annotations
