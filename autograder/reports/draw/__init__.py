"""A picture of a report as SVG: on a page, where the page's own style gives the colours, or as a file of its own.

Our own small writer and no plotting library: see docs/decisions.md.
"""

from autograder.reports.draw.drawn import Drawn, drawn, file_of

__all__ = ["Drawn", "drawn", "file_of"]
