"""How are numbers written on a picture, and where do an axis' ticks stand?"""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


_NOTHING = 1e-300
"""Below, 10**power is 0 for some of the numbers that there are."""


def short(value: float | None, digits: int = 3) -> str:
    """A number in few characters: 0.6931 → "0.693", 1e-7 → "1·10⁻⁷"; "–" for none."""
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < _NOTHING:
        return "0"
    power = math.floor(math.log10(abs(value)) + 1e-12)
    if -4 <= power < max(digits + 1, 5):
        text = f"{value:.{max(digits - 1 - power, 0)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa = f"{value / 10.0**power:.{digits - 1}f}".rstrip("0").rstrip(".")
        text = power_of_ten(power) if mantissa == "1" else f"{mantissa}·{power_of_ten(power)}"
    return "0" if text == "-0" else text.replace("-", "−")


def power_of_ten(power: int) -> str:
    """10⁻³; 1 and 10 as they are."""
    return {0: "1", 1: "10"}.get(power, "10" + str(power).translate(_RAISED))


def linear_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """At most about `most` ticks in steps of 1, 2 or 5 times a power of ten, each with its label."""
    span = high - low
    if not span > 0:
        return [(low, short(low))]
    rough = span / max(most, 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next((unit * m for m in (1, 2, 5) if unit * m >= rough * (1 - 1e-9)), unit * 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    plain = step >= 1e-4 and max(abs(low), abs(high)) < 1e5
    found = []
    for index in range(first, last + 1):
        value = index * step
        label = f"{value:.{decimals}f}".replace("-", "−") if plain else short(value)
        found.append((value, "0" if index == 0 else label))
    return found


def log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Powers of ten between two positive numbers, every second or fifth one where there are many; 2 and 5 times them
    where there are few."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 2:
        fine = [m * 10.0**power for power in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [(value, short(value)) for value in fine if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
    stride = next((s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first) / s <= max(most, 1)), 200)
    return [(10.0**power, power_of_ten(power)) for power in range(first, last + 1) if power % stride == 0]
