"""The pictures of this assignment: in the statement from the reference, in a report from the student's functions."""

from autograder.pictures import Graph, Lines, Node, compare_lines, compare_nodes, dig, picture

EXAMPLE = [
    Node("x", "x"),
    Node("y", "y"),
    Node("z", "z"),
    Node("f1", "+", ["x", "y"]),
    Node("f2", "·", ["f1", "z"]),
]


@picture("Node", "Node.backward")
def example(student, reference):
    def numbers(one):
        def write(batch):
            x, y, z = batch.Node(3.0), batch.Node(-4.0), batch.Node(5.0)
            f1 = x + y
            f2 = f1 * z
            f2.backward()
            nodes = x, y, z, f1, f2
            return [node.value for node in nodes] + [node.grad for node in nodes]

        return one.program(write)

    return Graph(
        title="The lecture's graph (x + y) · z at x = 3, y = −4, z = 5",
        text="x and y go into a plus, −1; that and z go into a product, −5. On the way back the product has 1, the plus and "
        "with it x and y have 5, and z has −1.",
        nodes=compare_nodes(student, reference, EXAMPLE, numbers),
    )


@picture("Node", "Node.backward")
def used_twice(student, reference):
    nodes = [
        Node("x", "x"),
        Node("h", "x · x", ["x", "x"]),
        Node("k", "h + x", ["h", "x"]),
        Node("r", "h · k", ["h", "k"]),
    ]

    def numbers(one):
        def write(batch):
            x = batch.Node(2.0)
            h = x * x
            k = h + x
            result = h * k
            result.backward()
            found = x, h, k, result
            return [node.value for node in found] + [node.grad for node in found]

        return one.program(write)

    return Graph(
        title="A graph whose nodes are used more than once, at x = 2",
        text="h = x · x, k = h + x, and the result is h · k = 24. What comes back to a node is added up over all its uses: "
        "10 at h, and 44 at x.",
        nodes=compare_nodes(student, reference, nodes, numbers),
    )


@picture("Node", "Node.backward", statement=False)
def exponential_and_quotient(student, reference):
    nodes = [
        Node("x", "x"),
        Node("e", "exp", ["x"]),
        Node("p", "e + 3", ["e"]),
        Node("q", "2 / p", ["p"]),
    ]

    def numbers(one):
        def write(batch):
            x = batch.Node(0.5)
            e = x.exp()
            p = e + 3
            q = 2 / p
            q.backward()
            found = x, e, p, q
            return [node.value for node in found] + [node.grad for node in found]

        return one.program(write)

    return Graph(
        title="exp, plus 3, and 2 divided by it, at x = 0.5",
        text="The gradient of each node is that of the next one times its small derivative: 1, then −2/p² = −0.0925 twice, "
        "and that times e = 1.65 at x.",
        nodes=compare_nodes(student, reference, nodes, numbers),
    )


@picture("Node", "Node.backward", statement=False)
def logarithm_and_square(student, reference):
    nodes = [
        Node("x", "x"),
        Node("l", "log", ["x"]),
        Node("s", "1 − l", ["l"]),
        Node("r", "s²", ["s"]),
    ]

    def numbers(one):
        def write(batch):
            x = batch.Node(0.5)
            logarithm = x.log()
            s = 1 - logarithm
            r = s**2
            r.backward()
            found = x, logarithm, s, r
            return [node.value for node in found] + [node.grad for node in found]

        return one.program(write)

    return Graph(
        title="log, 1 minus it, and the square, at x = 0.5",
        text="The gradient of each node is that of the next one times its small derivative: 1, then 2s = 3.39, −1 times "
        "that, and that times 1/x = 2 at x.",
        nodes=compare_nodes(student, reference, nodes, numbers),
    )


@picture("Node", "Node.backward", statement=False)
def difference_of_quotients(student, reference):
    nodes = [
        Node("a", "a"),
        Node("b", "b"),
        Node("q", "a / b", ["a", "b"]),
        Node("r", "q − b", ["q", "b"]),
    ]

    def numbers(one):
        def write(batch):
            a, b = batch.Node(3.0), batch.Node(2.0)
            q = a / b
            r = q - b
            r.backward()
            found = a, b, q, r
            return [node.value for node in found] + [node.grad for node in found]

        return one.program(write)

    return Graph(
        title="a / b − b at a = 3, b = 2",
        text="The quotient is 1.5 and the result −0.5. The gradient of a is 1/b = 0.5; that of b has two parts, −a/b² = −0.75 "
        "and −1, together −1.75.",
        nodes=compare_nodes(student, reference, nodes, numbers),
    )


@picture("product_of_sum", statement=False)
def product_of_sum(student, reference):
    def numbers(one):
        answer = one.value("product_of_sum", 2.0, 3.0, -4.0)
        found = {"f2": dig(answer, 0), **{f"d{name}": dig(answer, 1, name) for name in "xyz"}}
        return {**between(one, EXAMPLE, [2.0, 3.0, -4.0]), **found} if one.is_reference else found

    return Graph(
        title="(x + y) · z at x = 2, y = 3, z = −4",
        text="x and y go into a plus, 5; that and z into a product, −20. The derivatives are −4 by x and by y, and 5 by z.",
        nodes=compare_nodes(student, reference, EXAMPLE, numbers),
    )


NEURON = [
    Node("x", "x"),
    Node("theta1", "θ₁"),
    Node("theta0", "θ₀"),
    Node("product", "·", ["x", "theta1"]),
    Node("sum", "+", ["product", "theta0"]),
    Node("f", "σ", ["sum"]),
]


@picture("sigmoid_neuron", statement=False)
def sigmoid_neuron(student, reference):
    leaves = ("x", "theta0", "theta1")

    def numbers(one):
        answer = one.value("sigmoid_neuron", 2.0, -3.0, 1.0)
        found = {"f": dig(answer, 0), **{f"d{name}": dig(answer, 1, name) for name in leaves}}
        return {**between(one, NEURON, [2.0, 1.0, -3.0]), **found} if one.is_reference else found

    return Graph(
        title="A neuron with a sigmoid at x = 2, θ₀ = −3, θ₁ = 1",
        text="x times θ₁, 2, plus θ₀, −1, into the sigmoid: 0.269. The slope of the sigmoid there is 0.197, and so are the "
        "derivatives by x and by θ₀; the one by θ₁ is twice that, 0.393.",
        nodes=compare_nodes(student, reference, NEURON, numbers),
    )


def between(reference, nodes, leaves):
    """What the reference's own graph holds at every node, the derivatives included."""

    def write(batch):
        there = {node.name: batch.Node(value) for node, value in zip(nodes, leaves, strict=False)}
        for node in nodes[len(leaves) :]:
            inputs = [there[name] for name in node.inputs]
            if node.label == "σ":
                there[node.name] = 1 / (1 + (-inputs[0]).exp())
            else:
                there[node.name] = inputs[0] + inputs[1] if node.label == "+" else inputs[0] * inputs[1]
        there[nodes[-1].name].backward()
        return [there[node.name].value for node in nodes] + [there[node.name].grad for node in nodes]

    names = [node.name for node in nodes]
    return dict(zip([*names, *(f"d{name}" for name in names)], reference.program(write), strict=True))


@picture("descend", statement=False)
def descend(student, reference):
    def walk(one):
        def write(batch):
            x = batch.Node(2.0)
            values = [x.value]
            for _ in range(8):
                batch.zero_grad([x])
                result = x * x
                result.backward()
                batch.descend([x], 0.1)
                values.append(x.value)
            return values

        return one.program(write)

    return Lines(
        title="Eight steps down the bowl x², from x = 2 with learning rate 0.1",
        text="Each step goes a fifth of the way to 0, so the points fall quickly at first and then ever more slowly.",
        x="step",
        y="x",
        lines=compare_lines(student, reference, "x", range(9), walk, look="both"),
    )
