"""Contexts as text files: read whole up to a limit, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from saelib.errors import InputError
from saelib.lattice.checks import checked_count

LARGEST = 1 << 28  # bytes that a reader takes unless it is told otherwise


def read_text(path: str | os.PathLike[str], max_bytes: int) -> tuple[Path, str]:
    """Read a UTF-8 file of at most so many bytes; a mark of byte order at its beginning is dropped."""
    place = _checked_path(path)
    max_bytes = checked_count("max_bytes", max_bytes, 0)
    try:
        with place.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        offence = f"{place} cannot be read ({getattr(error, 'strerror', None) or error})"
        raise InputError("path", offence, "name a file that is there") from None
    if len(content) > max_bytes:
        raise InputError("path", f"{place} is larger than {max_bytes} bytes", "raise max_bytes to read it")
    try:
        return place, content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise malformed(place, line, "is not UTF-8", "save the file as UTF-8") from None


def lines_of(text: str) -> list[str]:
    """Lines without their ends, for files of either kind of line end; a last empty one does not count."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def malformed(place: Path, line: int, offence: str, mend: str) -> InputError:
    """Say what is wrong with which line of a file."""
    return InputError("path", f"{place}, line {line}: {offence}", mend)


def check_unique(place: Path, names: Sequence[str], lines: Sequence[int]) -> None:
    """Refuse a name that stands on two lines."""
    seen: dict[str, int] = {}
    for name, line in zip(names, lines, strict=True):
        if name in seen:
            raise malformed(place, line, f"repeats the name {name!r} of line {seen[name]}", "rename one")
        seen[name] = line


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a file in one move, so that nobody ever reads half of it."""
    place = _checked_path(path)
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        offence = f"have a name with {error.object[error.start]!r}, which is no character"
        raise InputError("names", offence, "rename what it belongs to") from None
    scratch = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(scratch, place)
    except (OSError, ValueError) as error:  # a name with a null character is a wrong value
        offence = f"{place} cannot be written ({getattr(error, 'strerror', None) or error})"
        raise InputError("path", offence, "choose a place you may write to") from None
    finally:
        with contextlib.suppress(OSError, ValueError):
            scratch.unlink()
    return place


def checked_line(what: str, name: str) -> str:
    """Refuse a name that would not stay on its line."""
    if len(name.splitlines()) > 1 or (name and name.splitlines()[0] != name):
        offence = f"have the name {name!r}, which holds a line break"
        raise InputError(what, offence, "rename it, or write JSON, which can hold it")
    return name


def _checked_path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise InputError("path", f"is a {type(path).__name__}", "give the name of a file")
    place = Path(path)
    if not place.name:
        raise InputError("path", f"is {str(path)!r}, which names no file", "give the name of a file")
    return place
