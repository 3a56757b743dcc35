"""Which source files a stage depends on, read off its imports without running it."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import saelib
from saelib.errors import InputError

_PACKAGE = Path(saelib.__file__).resolve().parent
# They route names and hold settings; a stage's settings are tracked by value, so that another sweep's new
# number or a new public name does not recompute everything.
_NOT_CODE = {
    _PACKAGE / "__init__.py",
    _PACKAGE / "study" / "__init__.py",
    _PACKAGE / "study" / "profiles.py",
    _PACKAGE / "claims" / "declared.toml",  # each chapter has the criteria of its own claims
}


def sources(start: Path) -> tuple[Path, ...]:
    """A script and every file of saelib that it reaches by imports, lazily offered names included.

    A file of data that lies beside a module and that the module names, such as a style sheet, is reached too.

    Parameters
    ----------
    start : Path
        A Python file: a notebook's script or a sweep's module.

    Returns
    -------
    tuple of Path
        Sorted, ``start`` included.

    Raises
    ------
    InputError
        If a file is not Python.

    Examples
    --------
    >>> found = sources(_PACKAGE / "claims" / "criterion.py")
    >>> [path.relative_to(_PACKAGE).as_posix() for path in found]
    ['claims/criterion.py', 'errors.py']
    """
    start = start.resolve()
    found, waiting = {start}, [start]
    while waiting:
        module = waiting.pop()
        for path in _imported_by(module) - _NOT_CODE - found:
            found.add(path)
            waiting.append(path)
        found |= _data_of(module) - _NOT_CODE
    return tuple(sorted(found))


def code_version(files: Iterable[Path]) -> str:
    """A fingerprint of some source files: unlike a commit's hash, it changes only when they do.

    A module of saelib counts by what it does: comments, layout and docstrings are left out, so that a better
    explanation recomputes nothing, and so is the table of lazily offered names, whose homes are followed
    instead, so that a new public name recomputes nothing. Every other file, such as a notebook's script whose
    comments are its prose, counts by its bytes.

    Parameters
    ----------
    files : iterable of Path
        Any files; their order does not matter, their names and contents do.

    Returns
    -------
    str
        The first 16 hexadecimal digits of a SHA-256.

    Examples
    --------
    >>> len(code_version([Path(__file__)]))
    16
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        of_saelib = path.suffix == ".py" and path.resolve().is_relative_to(_PACKAGE)
        content = _deeds(path.read_text(encoding="utf-8")) if of_saelib else path.read_bytes()
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


@functools.lru_cache(maxsize=1024)
def _deeds(code: str) -> bytes:
    """A module without its comments, its layout, its docstrings and its table of lazily offered names."""
    tree = ast.parse(code)  # a tree of its own: it is about to be changed
    if _home_table(code):
        tree.body = [each for each in tree.body if not _is_routing(each)]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)]  # type: ignore[attr-defined]
    return ast.dump(tree).encode()


def _is_routing(node: ast.stmt) -> bool:
    """Whether a statement of a lazy package only says where its names are."""
    if isinstance(node, ast.FunctionDef):
        return node.name in ("__getattr__", "__dir__")
    if isinstance(node, ast.If):
        return _is_for_type_checkers(node.test)
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("_HOME", "__all__")


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def tables_read(script: Path) -> tuple[str, ...]:
    """The tables a notebook reads: every ``study.table("name")`` in it.

    Parameters
    ----------
    script : Path
        The notebook's script.

    Returns
    -------
    tuple of str
        Sorted names.

    Raises
    ------
    InputError
        If a table's name is not written out, so that the graph cannot know it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.py").write_text("study.table('sizes'); study.table('sizes')")
    ...     tables_read(Path(folder, "a.py"))
    ('sizes',)
    """
    names = set()
    for node in ast.walk(_parsed(script)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "study.table",
            "saelib.study.table",
            "table",
        ):
            argument = node.args[0] if node.args else None
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                offence = f"reads a table by {ast.unparse(node)!r} (line {node.lineno})"
                raise InputError(f"notebook {script.stem}", offence, "write the table's name out as a string")
            names.add(argument.value)
    return tuple(sorted(names))


def _parsed(path: Path) -> ast.Module:
    try:
        return _tree(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"is not Python ({error})", "mend it") from None


@functools.lru_cache(maxsize=1024)
def _tree(code: str) -> ast.Module:
    return ast.parse(code)


def _imported_by(path: Path) -> frozenset[Path]:
    _parsed(path)  # or say which file is no Python
    return _imports(path, path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1024)
def _imports(path: Path, code: str) -> frozenset[Path]:
    found: set[Path] = set()
    lazily_used: list[str] = []
    nodes = list(_run_time_nodes(_tree(code)))
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= _files_of(alias.name)
                lazily_used.append(alias.name)
        elif isinstance(node, ast.ImportFrom):
            package = _absolute(node, path)
            for alias in node.names:
                name = f"{package}.{alias.name}"
                home = _lazy_names(package).get(alias.name)
                found |= _files_of(home or (name if _file_of(name) else package))
                lazily_used.append(name)
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for package in {name for name in lazily_used if name.split(".")[0] == "saelib"}:
        offered = _lazy_names(package)
        for attribute in attributes & set(offered):
            found |= _files_of(offered[attribute])
    return frozenset(found)


def _data_of(path: Path) -> set[Path]:
    """Files beside a module of saelib, other than modules, that its strings name (all but the ending)."""
    if not path.is_relative_to(_PACKAGE):
        return set()
    beside = [file for file in path.parent.iterdir() if file.suffix not in ("", ".py") and file.is_file()]
    strings = [
        node.value
        for node in (ast.walk(_parsed(path)) if beside else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {file for file in beside if any(f"{file.stem}." in text for text in strings)}


def _run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those only type checkers see."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and _is_for_type_checkers(child.test):
            continue
        yield child
        yield from _run_time_nodes(child)


def _is_for_type_checkers(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    if not path.is_relative_to(_PACKAGE):
        return ""
    inside = path.relative_to(_PACKAGE.parent).parts[: -node.level]
    return ".".join([*inside, *([node.module] if node.module else [])])


def _file_of(module: str) -> Path | None:
    first, *rest = module.split(".")
    if first != "saelib":
        return None
    stem = _PACKAGE.joinpath(*rest)
    for candidate in (
        stem.with_name(f"{stem.name}.py") if rest else stem / "__init__.py",
        stem / "__init__.py",
    ):
        if candidate.is_file():
            return candidate
    return None


def _files_of(module: str) -> set[Path]:
    """The module's file and the ``__init__`` of every package above it: importing it runs them all."""
    parts = module.split(".")
    found = (_file_of(".".join(parts[:depth])) for depth in range(1, len(parts) + 1))
    return {path for path in found if path is not None}


def _lazy_names(package: str) -> dict[str, str]:
    """The ``_HOME`` table of a package that imports its public names on first use."""
    path = _file_of(package)
    return {} if path is None else _home_table(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=256)
def _home_table(code: str) -> dict[str, str]:
    for statement in _tree(code).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Name) and target.id == "_HOME":
            home: dict[str, str] = ast.literal_eval(statement.value)
            return home
    return {}
