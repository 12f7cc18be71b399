"""Runs a student's code on request: load the files, call functions, carry out programs on objects.

Requests and replies are trees (see `wire`). The same class runs in the worker, where replies go down a pipe, and on the
trusted side for the reference, where they are handed over in memory: so both are judged by the same rules.

    ["load", seq, files, main, stand_ins, modules]   → ["done", seq, 0, outcome]; value: [[name, kind], ...]
    ["map", seq, target, [[args, kwargs], ...]]      → ["done", seq, i, outcome] for each case, in order
    ["run", seq, instructions, wanted]               → ["done", seq, 0, outcome]

An outcome begins with what happened and ends with two facts, the arguments that were changed and the warnings:
["ok", value, …], ["error", type, bases, text, file, line, stage, …], ["odd", description, …] for a value that may not
travel, ["missing", name, …].
"""

from __future__ import annotations

import ast
import builtins
import operator
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from . import imports, wire

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

_MAX_EXCEPTION_TEXT = 2_048
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
        self._module = types.ModuleType("submission")
        self._own: set[str] = set()
        self._handles: dict[int, Any] = {}
        self._known: dict[int, int] = {}
        self._results: list[Any] = []
        self._classes: dict[str, type] = {}

    # -- requests -----------------------------------------------------------------------------------------

    def handle(self, message: Any) -> Iterator[list[Any]]:
        """The replies to one request, made as they are asked for."""
        kind, seq, *rest = message
        if kind == "map":
            target, cases = rest
            for number, case in enumerate(cases):
                yield ["done", seq, number, self._one_call(target, case)]
        elif kind == "run":
            yield ["done", seq, 0, self._outcome(lambda: self._program(*rest))]
        elif kind == "load":
            yield ["done", seq, 0, self._load(*rest)]
        else:
            raise wire.ProtocolError("an unknown request")

    def _load(self, files: Any, main: str, stand_ins: Any, modules: Any) -> list[Any]:
        sources: dict[str, str] = dict(files)
        self._own = {name.removesuffix(".py") for name in sources}
        if self._install:
            siblings = {n.removesuffix(".py"): (n, s) for n, s in sources.items() if n != main}
            sys.meta_path.insert(0, imports.CourseImports(siblings, modules))
        file, source = main, sources[main]
        imports.remember_lines(file, source)
        try:
            tree = ast.parse(source, file)
            compile(tree, file, "exec", dont_inherit=True)
        except BaseException as error:
            return self._error(error, "compile")
        name = file.removesuffix(".py")
        self._module = types.ModuleType(name)
        self._module.__file__ = file
        if self._install:
            sys.modules[name] = self._module
        return self._outcome(lambda: self._execute(tree, source, file, stand_ins))

    def _execute(self, tree: ast.Module, source: str, file: str, stand_ins: Any) -> list[list[str]]:
        """Run the file; its public names, each with "class" or "function" or "value"."""
        namespace = self._module.__dict__
        if not stand_ins:
            exec(compile(source, file, "exec", dont_inherit=True), namespace)
        else:
            self._execute_with_stand_ins(tree, file, stand_ins)
        return [
            [name[:200], "class" if isinstance(value, type) else "function" if callable(value) else "value"]
            for name, value in list(namespace.items())[:1000]
            if not name.startswith("_")
        ]

    def _execute_with_stand_ins(self, tree: ast.Module, file: str, stand_ins: Any) -> None:
        """Statement by statement, putting each stand-in back in place as soon as something else is bound to its name:
        aliases, default arguments, decorators and classes made later at import then meet the stand-in too."""
        namespace = self._module.__dict__
        replacements: dict[str, Any] = {}
        for name, kind, identifier in stand_ins:
            if kind == "class":
                replacements[name] = self._classes[name] = _stand_in_class(name, identifier, self)
            else:
                replacements[name] = _stand_in_function(name, identifier, self)
        flags = 0
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                for alias in statement.names:
                    flags |= getattr(__import__("__future__"), alias.name).compiler_flag
            part = ast.Module([statement], [])
            exec(compile(part, file, "exec", flags=flags, dont_inherit=True), namespace)
            for name, replacement in replacements.items():
                if name in namespace and namespace[name] is not replacement:
                    namespace[name] = replacement
        namespace.update(replacements)

    def _one_call(self, target: str, case: Any) -> list[Any]:
        decode = wire.Decoder(self._special).decode
        positional = [decode(arg) for arg in case[0]]
        named = {name: decode(value) for name, value in case[1]}
        outcome = self._outcome(lambda: self._resolve(target)(*positional, **named))
        outcome[-2] = self._mutated(case, [*positional, *named.values()])
        return outcome

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
        decode = wire.Decoder(self._special).decode
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

    def _outcome(self, action: Callable[[], Any]) -> list[Any]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = action()
                reply: list[Any] = ["ok", self.encode(value), [], []]
            except BaseException as error:
                reply = self._error(error, "run")
        reply[-1] = [[w.category.__name__[:60], _text_of(w.message)[:200]] for w in caught[:20]]
        self._flush()
        return reply

    def _mutated(self, case: Any, now: list[Any]) -> list[str]:
        """Which arguments are no longer what was sent. `now` holds them after the call, in the same order."""
        sent = [(f"argument {i + 1}", tree) for i, tree in enumerate(case[0])]
        sent += [(name, tree) for name, tree in case[1]]
        changed = []
        for (label, tree), value in zip(sent, now, strict=True):
            if type(tree) is not list and type(tree) is not dict:
                continue
            try:
                if wire.pack(tree) != wire.pack(self.encode(value)):
                    changed.append(label)
            except wire.NotPlain:
                changed.append(label)
        return changed

    def _error(self, error: BaseException, stage: str) -> list[Any]:
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
        return ["error", name, bases, text, file, line, stage, [], []]

    def _place(self, error: BaseException) -> tuple[str, int]:
        """The innermost line of the student's own files that the exception passed through."""
        own = {f"{name}.py" for name in self._own}
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
        return wire.Encoder(self._leaf).encode(value)

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
        return wire.Decoder(self._special).decode(self._call_back(question))


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
        return str(error)
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
