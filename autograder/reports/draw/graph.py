"""A computational graph: rounded boxes in layers from left to right, values above them, gradients below."""

from __future__ import annotations

from autograder.language import _, translate
from autograder.pictures import Graph, Node
from autograder.pictures.graph import Wrong
from autograder.reports.draw.numbers import short
from autograder.reports.draw.svg import SIZE, SMALL, Svg, width_of

_BOX = 34.0
_TALL = 28.0
_ABOVE = 20.0
_BELOW = 20.0
_MORE = 14.0
_BETWEEN = 12.0
_GAP = 30.0
_LEAST = 290.0


def draw_graph(picture: Graph, language: str) -> tuple[Svg, float, float]:
    """The elements, the width and the height."""
    svg = Svg()
    layers = _layers(picture)
    wrong = {(one.node.name, one.what): one for one in picture.wrong()}
    texts = {node.name: _texts(node, wrong) for node in picture.nodes}
    boxes = {
        node.name: max(_BOX, width_of(translate(node.label, language), bold=True) + 14)
        for node in picture.nodes
    }
    has_gradients = any(node.gradient is not None for node in picture.nodes)
    above = _ABOVE + (_MORE if any(what == "value" for _name, what in wrong) else 0)
    below = _BELOW + (_MORE if any(what == "gradient" for _name, what in wrong) else 0)
    below = below if has_gradients else 4.0
    where = {node.name: number for number, nodes in enumerate(layers) for node in nodes}
    tallest = max(map(len, layers))
    passes = any(where[node.name] - where[name] > 1 for node in picture.nodes for name in node.inputs)
    # Room for the lines that go around other boxes.
    aside = 10.0 if passes and tallest == 1 else 0.0

    row = above + _TALL + below + _BETWEEN
    places: dict[str, tuple[float, float]] = {}
    x = 2.0
    for column in layers:
        wide = max(
            max([boxes[node.name], *(width_of(text, SMALL) for _kind, text in texts[node.name])])
            for node in column
        )
        for index, node in enumerate(column):
            # Columns with fewer nodes are centred on the tallest one.
            offset = index + (tallest - len(column)) / 2
            places[node.name] = (x + wide / 2, aside + above + _TALL / 2 + offset * row)
        x += wide + _GAP
    height = tallest * row - _BETWEEN + 2 * aside

    for node in picture.nodes:
        _edges(svg, node, places, boxes, where, (above, below))
    for node in picture.nodes:
        _box(svg, node, places[node.name], boxes[node.name], texts[node.name], language)
    told = [_("above a box: its value", language)]
    if has_gradients:
        told.append(_("below: the derivative of the result by it", language))
    if wrong:
        told.append(_("✗ yours; under it what is expected", language))
    for index, text in enumerate(told):
        svg.text(2, height + 18 + 15 * index, text, "t soft", size=SMALL)
    width = max(x - _GAP + 2, _LEAST, *(width_of(text, SMALL) for text in told))
    return svg, width, height + 8 + 15 * len(told)


def _texts(node: Node, wrong: dict[tuple[str, str], Wrong]) -> list[tuple[str, str]]:
    """(kind, text) of the lines above and below a box, from top to bottom."""
    found = []
    for what, number in (("value", node.value), ("gradient", node.gradient)):
        one = wrong.get((node.name, what))
        if one is not None:
            lines = [
                (f"{what} yours", f"✗ {short(one.yours)}"),
                (f"{what} due", short(one.expected)),
            ]
            found += lines
        elif number is not None:
            found.append((what, short(number)))
    return found


def _layers(picture: Graph) -> list[list[Node]]:
    """Nodes by how far they are from the leaves; a leaf stands just before what uses it first, as on paper."""
    level: dict[str, int] = {}
    for node in picture.nodes:
        level[node.name] = max((level[name] + 1 for name in node.inputs), default=0)
    for node in reversed(picture.nodes):
        users = [level[other.name] for other in picture.nodes if node.name in other.inputs]
        if users and not node.inputs:
            level[node.name] = min(users) - 1
    columns: list[list[Node]] = [[] for _unused in range(max(level.values()) + 1)]
    for node in picture.nodes:
        columns[level[node.name]].append(node)
    # In the order in which they are used, so that fewer lines cross.
    for number in range(len(columns) - 2, -1, -1):
        order = {node.name: index for index, node in enumerate(columns[number + 1])}
        columns[number].sort(
            key=lambda node: min(
                (
                    order[other.name] * 10 + list(other.inputs).index(node.name)
                    for other in columns[number + 1]
                    if node.name in other.inputs
                ),
                default=99,
            )
        )
    return [column for column in columns if column]


def _edges(
    svg: Svg,
    node: Node,
    places: dict[str, tuple[float, float]],
    boxes: dict[str, float],
    column: dict[str, int],
    rooms: tuple[float, float],
) -> None:
    above, below = rooms
    count = len(node.inputs)
    for index, name in enumerate(node.inputs):
        (x1, y1), (x2, y2) = places[name], places[node.name]
        x1, x2 = x1 + boxes[name] / 2, x2 - boxes[node.name] / 2 - 5
        spread = (index - (count - 1) / 2) * min(10.0, 20.0 / max(count - 1, 1))
        if list(node.inputs).count(name) > 1:
            y1 += spread
        # A line that passes boxes goes around them and their numbers; a curve reaches three quarters of its handles.
        around, near, last = 0.0, (x2 - x1) / 2, (x2 - x1) / 2
        if column[node.name] - column[name] > 1:
            near, last = 24.0, 24.0
            if abs(y1 - y2) >= 40:
                near = 0.8 * (x2 - x1)
            elif spread >= 0:
                around = (_TALL / 2 + below + 2) / 0.75
            else:
                around = -(_TALL / 2 + above + 2) / 0.75
        y2 += spread
        svg.shape(
            "edge",
            f"M{x1:.1f} {y1:.1f}C{x1 + near:.1f} {y1 + around:.1f} {x2 - last:.1f} {y2 + around:.1f} {x2:.1f} {y2:.1f}",
        )
        svg.shape("head", f"M{x2 + 5:.1f} {y2:.1f}l-7 -3.5v7Z")


def _box(
    svg: Svg, node: Node, at: tuple[float, float], wide: float, texts: list[tuple[str, str]], language: str
) -> None:
    x, y = at
    kind = "box" if node.inputs else "box leaf"
    svg.add("rect", kind, x=x - wide / 2, y=y - _TALL / 2, width=wide, height=_TALL, rx=9)
    svg.text(x, y + 4.5, translate(node.label, language), "t strong", anchor="middle", size=SIZE)
    up = [pair for pair in texts if pair[0].startswith("value")]
    down = [pair for pair in texts if pair[0].startswith("gradient")]
    for index, (kind, text) in enumerate(up):
        place = y - _TALL / 2 - 6 - _MORE * (len(up) - 1 - index)
        svg.text(x, place, text, _style(kind), anchor="middle", size=SMALL)
    for index, (kind, text) in enumerate(down):
        svg.text(x, y + _TALL / 2 + 14 + _MORE * index, text, _style(kind), anchor="middle", size=SMALL)


def _style(kind: str) -> str:
    return "t halo bad strong" if kind.endswith("yours") else "t halo"
