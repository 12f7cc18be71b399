"""Runs a student's code on request: load the files, call functions, carry out programs on objects.

Requests and replies are trees (see `wire`). The same class runs in the worker, where replies go down a pipe, and on the
trusted side for the reference, where they are handed over in memory: so both are judged by the same rules.

    ["load", seq, files, main, stand_ins, modules, seconds]
        → ["done", seq, 0, outcome] of compiling it, before any of it has run
        → ["done", seq, 1, outcome] of running it; value: [[name, kind], ...]; for cells
          ([[name, kind], ...], [[cell, error, text, file, line], ...])
    ["map", seq, target, [[args, kwargs], ...]]      → ["done", seq, i, outcome] for each case, in order
    ["run", seq, instructions, wanted]               → ["done", seq, 0, outcome]

An outcome begins with what happened and ends with two facts, the arguments that were changed and the warnings:
["ok", value, …], ["error", type, bases, text, file, line, …], ["odd", description, …] for a value that may not
travel, ["missing", name, …].

The source of `main` is a text, or the cells of a notebook, a list of texts (`cells`).
"""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import inspect
import operator
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import cells, imports, wire
from .warned import Warned

OPERATORS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "neg",
        "pos",
        "abs",
        "invert",
        "and_",
        "or_",
        "xor",
        "lshift",
        "rshift",
        "getitem",
        "lt",
        "le",
        "gt",
        "ge",
        "iadd",
        "isub",
        "imul",
        "itruediv",
    ]
}
OPERATORS["setitem"] = operator.setitem
BINARY = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
]
UNARY = ["neg", "pos", "abs", "invert"]

_FUTURE = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_COMPILED: list[Any] = ["ok", None, [], []]
_MAX_EXCEPTION_TEXT = 2_048
_LONGEST_IN_CELL = 200
_SHARE_OF_CELLS = 0.8
"""How much of a load's time cells may take before they are stopped one by one; the rest is for those not stopped."""

_CALLABLE = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    type,
)


class Executor:
    """One loaded submission.

    call_back  ["call", id, args, kwargs] or ["object", operation, id, …] → tree: what the trusted side answers
    flush      called before each reply, so that what was printed arrives first
    install    whether imports of the process are governed by the course's rules (never on the trusted side)
    """

    def __init__(
        self,
        call_back: Callable[[list[Any]], Any],
        flush: Callable[[], None] = lambda: None,
        *,
        install: bool = False,
    ) -> None:
        self._call_back = call_back
        self._flush = flush
        self._install = install
        self._warned = Warned(keep=install)
        self._encoder = wire.Encoder(self._leaf)
        self._decoder = wire.Decoder(self._special)
        self._module = types.ModuleType("submission")
        self._own: set[str] = set()
        self._labels: set[str] = set()
        self._handles: dict[int, Any] = {}
        self._known: dict[int, int] = {}
        self._results: list[Any] = []
        self._classes: dict[str, type] = {}
        self._flags = 0
        self._before: Any = None

    # -- requests -----------------------------------------------------------------------------------------

    def handle(self, message: Any) -> Iterator[list[Any]]:
        """The replies to one request, made as they are asked for."""
        kind, seq, *rest = message
        if kind == "map":
            target, cases = rest
            for number, case in enumerate(cases):
                yield ["done", seq, number, self._one_call(target, case)]
        elif kind == "run":
            yield ["done", seq, 0, self._outcome(self._program, rest)]
        elif kind == "load":
            # Two replies, the first sent before any student code has run: so the trusted side can believe it.
            compiled, run = self._compile(*rest)
            yield ["done", seq, 0, compiled]
            yield ["done", seq, 1, compiled if run is None else self._outcome(run, ())]
        else:
            raise wire.ProtocolError("an unknown request")

    def _compile(
        self, files: Any, main: str, stand_ins: Any, modules: Any, seconds: float
    ) -> tuple[list[Any], Callable[[], Any] | None]:
        """What compiling the main file came to, and what is left to do: running it."""
        sources: dict[str, Any] = dict(files)
        self._own = {name.removesuffix(".py") for name in sources}
        self._labels = {f"{name}.py" for name in self._own}
        if self._install:
            siblings = {n.removesuffix(".py"): (n, s) for n, s in sources.items() if n != main}
            sys.meta_path.insert(0, imports.CourseImports(siblings, modules))
        name = main.removesuffix(".py")
        self._module = types.ModuleType(name)
        self._module.__file__ = main
        if type(sources[main]) is list:
            return _COMPILED, self._cells(name, sources[main], stand_ins, seconds)
        source = sources[main]
        imports.remember_lines(main, source)
        try:
            # Once and for good: making a tree and compiling that takes three times as long.
            code = compile(source, main, "exec", dont_inherit=True)
        except BaseException as error:
            return self._error(error), None
        if self._install:
            sys.modules[name] = self._module
        return _COMPILED, lambda: self._execute(code, source, main, self._replacements(stand_ins))

    def _cells(self, name: str, sources: list[str], stand_ins: Any, seconds: float) -> Callable[[], Any]:
        # As in Jupyter, where what stands under `if __name__ == "__main__"` is run.
        self._module.__name__ = "__main__"
        self._own.add("__main__")
        if self._install:
            sys.modules[name] = self._module
            # What was there before stays alive: a worker may have been started as it.
            self._before, sys.modules["__main__"] = sys.modules.get("__main__"), self._module
            # Jupyter provides these without an import.
            for given in ("get_ipython", "display", "In", "Out"):
                setattr(builtins, given, imports.Inert())
            for given in ("_", "__", "___"):
                setattr(builtins, given, "")
        replacements = self._replacements(stand_ins)

        def steps(number: int, source: str) -> list[cells.Step]:
            label = cells.label(name, number)
            self._labels.add(label)
            imports.remember_lines(label, source)
            flags = self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
            tree = compile(source, label, "exec", flags=flags, dont_inherit=True)
            return [functools.partial(self._statement, part, label, replacements) for part in tree.body]

        def run_all() -> tuple[list[list[str]], list[list[Any]]]:
            failed = cells.run_each(sources, steps, seconds * _SHARE_OF_CELLS)
            self._module.__dict__.update(replacements)
            return self._public_names(), [self._failed(number, error) for number, error in failed]

        return run_all

    def _statement(self, part: ast.stmt, label: str, replacements: dict[str, Any]) -> None:
        """Run one statement of a cell. What it takes from `__future__` holds in all that follow, as in Jupyter."""
        flags = self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(ast.Module([part], []), label, "exec", flags=flags, dont_inherit=True)
        self._flags |= code.co_flags & _FUTURE
        namespace = self._module.__dict__
        try:
            if code.co_flags & inspect.CO_COROUTINE:
                cells.finish(eval(code, namespace))
            else:
                exec(code, namespace)
        finally:
            self._put_back(replacements)

    def _put_back(self, replacements: dict[str, Any]) -> None:
        """Each stand-in, where something else is bound to its name by now."""
        namespace = self._module.__dict__
        for name, replacement in replacements.items():
            if name in namespace and namespace[name] is not replacement:
                namespace[name] = replacement

    def _failed(self, number: int, error: BaseException) -> list[Any]:
        _error, kind, _bases, text, file, line, *_rest = self._error(error)
        return [number, kind, text[:_LONGEST_IN_CELL], file, line]

    def _execute(
        self, code: types.CodeType, source: str, file: str, replacements: dict[str, Any]
    ) -> list[list[str]]:
        """Run the file; its public names, each with "class" or "function" or "value"."""
        if not replacements:
            exec(code, self._module.__dict__)
        else:
            self._execute_with_stand_ins(ast.parse(source, file), file, replacements)
        return self._public_names()

    def _public_names(self) -> list[list[str]]:
        return [
            [name[:200], "class" if isinstance(value, type) else "function" if callable(value) else "value"]
            for name, value in list(self._module.__dict__.items())[:1000]
            if not name.startswith("_")
        ]

    def _replacements(self, stand_ins: Any) -> dict[str, Any]:
        replacements: dict[str, Any] = {}
        for name, kind, identifier in stand_ins:
            if kind == "class":
                replacements[name] = self._classes[name] = _stand_in_class(name, identifier, self)
            else:
                replacements[name] = _stand_in_function(name, identifier, self)
        return replacements

    def _execute_with_stand_ins(self, tree: ast.Module, file: str, replacements: dict[str, Any]) -> None:
        """Statement by statement, putting each stand-in back in place as soon as something else is bound to its name:
        aliases, default arguments, decorators and classes made later at import then meet the stand-in too."""
        namespace = self._module.__dict__
        flags = 0
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                for alias in statement.names:
                    flags |= getattr(__import__("__future__"), alias.name).compiler_flag
            part = ast.Module([statement], [])
            exec(compile(part, file, "exec", flags=flags, dont_inherit=True), namespace)
            self._put_back(replacements)
        namespace.update(replacements)

    def _one_call(self, target: str, case: Any) -> list[Any]:
        decode = self._decoder.decode
        positional = [decode(arg) for arg in case[0]]
        named = {name: decode(value) for name, value in case[1]}
        outcome = self._outcome(self._call, (target, positional, named))
        outcome[-2] = self._mutated(case, [*positional, *named.values()])
        return outcome

    def _call(self, target: str, positional: list[Any], named: dict[str, Any]) -> Any:
        return self._resolve(target)(*positional, **named)

    def forget(self) -> None:
        """Let go of the objects that handles stand for."""
        self._handles.clear()
        self._known.clear()

    def _resolve(self, target: Any) -> Any:
        try:
            return getattr(self._module, target)
        except AttributeError:
            raise _Missing(target) from None

    def _program(self, instructions: Any, wanted: Any) -> Any:
        """Carry out instructions in order; an operand {"r": i} is the result of instruction i."""
        decode = self._decoder.decode
        outer, self._results = self._results, []
        try:
            results = self._results
            for operation, *operands in instructions:
                if operation == "name":
                    results.append(self._resolve(operands[0]))
                elif operation == "value":
                    results.append(decode(operands[0]))
                elif operation == "get":
                    results.append(getattr(decode(operands[0]), operands[1]))
                elif operation == "set":
                    setattr(decode(operands[0]), operands[1], decode(operands[2]))
                    results.append(None)
                elif operation == "call":
                    function, args, kwargs = operands
                    named = {name: decode(value) for name, value in kwargs}
                    results.append(decode(function)(*[decode(arg) for arg in args], **named))
                else:
                    results.append(OPERATORS[operation](*[decode(operand) for operand in operands]))
            return [results[index] for index in wanted]
        finally:
            self._results = outer

    # -- outcomes -----------------------------------------------------------------------------------------

    def _outcome(self, action: Callable[..., Any], operands: Sequence[Any]) -> list[Any]:
        mark = self._warned.begin()
        try:
            value = action(*operands)
            reply: list[Any] = ["ok", self.encode(value), [], []]
        except BaseException as error:
            reply = self._error(error)
        finally:
            warned = self._warned.end(mark)
        if warned:
            reply[-1] = [[kind.__name__[:60], _text_of(text)[:200]] for kind, text in warned[:20]]
        self._flush()
        return reply

    def _mutated(self, case: Any, now: list[Any]) -> list[str]:
        """Which arguments are no longer what was sent. `now` holds them after the call, in the same order."""
        positional, named = case
        changed = []
        number = 0
        for tree in positional:
            number += 1
            if not self._is_still(tree, now[number - 1]):
                changed.append(f"argument {number}")
        for name, tree in named:
            number += 1
            if not self._is_still(tree, now[number - 1]):
                changed.append(name)
        return changed

    def _is_still(self, tree: Any, value: Any) -> bool:
        """Whether the value is what the tree says, to the byte."""
        kind = type(tree)
        if kind is not dict and kind is not list:
            return True
        try:
            now = self.encode(value)
        except wire.NotPlain:
            return False
        if kind is dict and "a" in tree:
            # An array: texts, whole numbers and bytes, which are equal only where they are the same.
            return bool(tree == now)
        return wire.pack(tree) == wire.pack(now)

    def _error(self, error: BaseException) -> list[Any]:
        if isinstance(error, wire.NotPlain):
            return ["odd", str(error)[:200], [], []]
        if isinstance(error, _Missing):
            return ["missing", str(error), [], []]
        if isinstance(error, wire.ProtocolError):
            raise error
        kind = type(error)
        bases = [c.__name__ for c in kind.__mro__ if c.__module__ == "builtins" and c is not object]
        file, line = self._place(error)
        name = str(type.__getattribute__(kind, "__name__"))[:100]
        text = _text_of(error)[:_MAX_EXCEPTION_TEXT].encode("utf-8", "replace").decode("utf-8")
        name = name.encode("utf-8", "replace").decode("utf-8")
        return ["error", name, bases, text, file, line, [], []]

    def _place(self, error: BaseException) -> tuple[str, int]:
        """The innermost line of the student's own files that the exception passed through."""
        own = self._labels
        if isinstance(error, SyntaxError) and error.filename in own:
            return str(error.filename), int(error.lineno or 0)
        found = ("", 0)
        trace = error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name in own:
                found = (name, trace.tb_lineno)
            trace = trace.tb_next
        return found

    # -- values -------------------------------------------------------------------------------------------

    def encode(self, value: Any) -> Any:
        """A value as a tree; the student's own objects and functions become handles."""
        return self._encoder.encode(value)

    def _leaf(self, value: Any) -> Any:
        kind = type(value)
        if isinstance(value, HostObject):
            class_name = "" if kind is HostObject else kind.__name__
            return {"o": [object.__getattribute__(value, "_identifier"), class_name]}
        if kind is types.FunctionType and "_callback" in value.__dict__:
            return {"f": value.__dict__["_callback"]}
        if (
            isinstance(value, _CALLABLE)
            or str(getattr(kind, "__module__", "")).partition(".")[0] in self._own
        ):
            # The same object keeps its handle, which also keeps it alive: its id() is not used again.
            identifier = self._known.setdefault(id(value), len(self._handles))
            self._handles[identifier] = value
            return {"h": [identifier, kind.__name__[:100], callable(value)]}
        raise wire.NotPlain(_describe(value))

    def _special(self, tag: str, payload: Any) -> Any:
        if tag == "r":
            return self._results[payload]
        if tag == "h":
            return self._handles[payload[0]]
        if tag == "f":
            return _stand_in_function("function", payload, self)
        if tag == "o":
            identifier, class_name = payload
            return HostObject._made(self._classes.get(class_name, HostObject), identifier, self)
        raise wire.ProtocolError("an unknown tag")

    def ask(self, question: list[Any]) -> Any:
        """Send a question to the trusted side and bring its answer in."""
        return self._decoder.decode(self._call_back(question))


class _Missing(Exception):
    """The submission has no such name."""


def _describe(value: Any) -> str:
    if isinstance(value, types.GeneratorType):
        return "a generator"
    if isinstance(value, types.ModuleType):
        return "a module"
    kind = type(value)
    # "an array" would be a puzzle where array.array is meant.
    name = kind.__name__[:60] if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"[:100]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _text_of(error: Any) -> str:
    try:
        return imports.explained(error)
    except BaseException:
        return "(its text cannot be read)"


# -- what stands for things on the trusted side ---------------------------------------------------------------


def _stand_in_function(name: str, identifier: int, executor: Executor) -> Callable[..., Any]:
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        encode = executor.encode
        named = [[key, encode(value)] for key, value in kwargs.items()]
        return executor.ask(["call", identifier, [encode(arg) for arg in args], named])

    stand_in.__name__ = stand_in.__qualname__ = name
    stand_in.__dict__["_callback"] = identifier
    return stand_in


class HostObject:
    """An object that lives on the trusted side; every use of it asks there."""

    __slots__ = ("_executor", "_identifier")
    __hash__ = object.__hash__

    @staticmethod
    def _made(kind: type, identifier: int, executor: Executor) -> Any:
        made: Any = object.__new__(kind)
        object.__setattr__(made, "_identifier", identifier)
        object.__setattr__(made, "_executor", executor)
        return made

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _ask(self, "get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "set", name, value)


def _ask(target: Any, operation: str, *operands: Any) -> Any:
    executor: Executor = object.__getattribute__(target, "_executor")
    identifier = object.__getattribute__(target, "_identifier")
    return executor.ask(["object", operation, identifier, [executor.encode(value) for value in operands]])


def _forward(operation: str, reflected: bool) -> Any:
    def method(self: Any, *others: Any) -> Any:
        return _ask(self, "r" + operation if reflected else operation, *others)

    return method


for _name in BINARY:
    setattr(HostObject, f"__{_name.rstrip('_')}__", _forward(_name, False))
    setattr(HostObject, f"__r{_name.rstrip('_')}__", _forward(_name, True))
for _name in UNARY:
    setattr(HostObject, f"__{_name}__", _forward(_name, False))


def _stand_in_class(name: str, identifier: int, executor: Executor) -> type:
    make = _stand_in_function(name, identifier, executor)

    def new(cls: type, *args: Any, **kwargs: Any) -> Any:
        return make(*args, **kwargs)

    return builtins.type(
        name, (HostObject,), {"__slots__": (), "__new__": new, "__init__": lambda s, *a, **k: None}
    )
