"""Text from outside: UTF-8 or refused, before any parser sees it."""

from __future__ import annotations

import codecs
from pathlib import Path

from saelib.errors import InputError

_BLOCK = 1 << 20


def require_utf8(path: Path, argument: str) -> None:
    r"""Read a file through, a megabyte at a time, and refuse it at its first byte that is no UTF-8 text.

    Parameters
    ----------
    path : Path
        The file, with or without a byte-order mark.
    argument : str
        What the caller calls it.

    Raises
    ------
    InputError
        With the position of the first byte that is not UTF-8, or of the first zero byte, which no text has:
        a hole in a sparse file ends the reading there, however large the file is.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "labels.csv"
    >>> _ = place.write_bytes("köln\n".encode("latin-1"))
    >>> try:
    ...     require_utf8(place, "labels")
    ... except InputError as error:
    ...     print(error.offence.replace(str(place), "labels.csv"))
    ...     print(error.mend)
    labels.csv is not UTF-8 at byte 1 (0xf6)
    convert it, say: iconv -f LATIN1 -t UTF-8 labels.csv > utf8.csv
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            held = len(decoder.getstate()[0])  # bytes of a character that the last block cut in two
            if (hole := block.find(b"\0")) >= 0 and block[:2] not in (b"\xff\xfe", b"\xfe\xff"):
                raise InputError(
                    argument,
                    f"{path} has a zero byte at {done + hole}: it is no text",
                    "write it again as CSV",
                )
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                at = done - held + error.start
                raise _not_utf8(path, argument, at, error.object[error.start], block[:2]) from None
            done += len(block)
    if decoder.getstate()[0]:
        at = done - len(decoder.getstate()[0])
        raise _not_utf8(path, argument, at, decoder.getstate()[0][0], b"")


def _not_utf8(path: Path, argument: str, at: int, byte: int, start: bytes) -> InputError:
    source = "UTF-16" if at == 0 and start in (b"\xff\xfe", b"\xfe\xff") else "LATIN1"
    mend = f"convert it, say: iconv -f {source} -t UTF-8 {path.name} > utf8{path.suffix}"
    return InputError(argument, f"{path} is not UTF-8 at byte {at} ({byte:#x})", mend)
