"""The claims as they were declared, read from ``declared.toml``."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saelib.claims.criterion import Criterion
from saelib.errors import InputError

_FILE = Path(__file__).with_name("declared.toml")
_ID = re.compile(r"([TEDS])(\d+)([a-z]?)")
_SOURCES = ("seed", "paper", "new", "both")


@dataclass(frozen=True)
class Quantity:
    """One number that helps to decide a claim.

    Parameters
    ----------
    name : str
        Its name, as passed to :func:`saelib.claims.record`.
    meaning : str
        What is measured, in plain words.
    criterion : Criterion
        The side of the threshold on which it must lie.
    note : str, default ""
        What a reader must know about when or why it was declared.

    Examples
    --------
    >>> declared()["T1"].quantities["violations"].meaning
    'random pairs of sets that break one of the inequalities (a) to (d)'
    """

    name: str
    meaning: str
    criterion: Criterion
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """One claim: what is said, where it comes from, what decides it and where.

    Parameters
    ----------
    id : str
        A theorem's id (``T1``, ``T5d``), an empirical claim's (``E1`` …), or that of a claim about
        the digits (``D1`` …) or about another benchmark's recipe (``S1``).
    statement : str
        The claim in plain words.
    source : {"seed", "paper", "new", "both"}
        Whose statement it is.
    notebook : str
        The notebook that decides it, without suffix.
    quantities : mapping of str to Quantity
        What is measured, in the order of declaration.

    Examples
    --------
    >>> claim = declared()["E1"]
    >>> claim.notebook, list(claim.quantities)
    ('02_size_and_sparsity', ['nesting_violations', 'gap_detected_separated', 'gap_separated_approximated'])
    """

    id: str
    statement: str
    source: str
    notebook: str
    quantities: Mapping[str, Quantity]


@functools.cache
def declared(path: Path = _FILE) -> Mapping[str, Claim]:
    """Every declared claim by id: theorem checks, empirical claims, the digits', the recipe's, each in order.

    Parameters
    ----------
    path : Path, optional
        Another declaration file in the same layout; by default the study's own.

    Returns
    -------
    mapping of str to Claim
        All claims.

    Raises
    ------
    InputError
        If the file is not TOML or an entry lacks a part, has an unknown one, or declares no quantity.

    Examples
    --------
    >>> list(declared())[:3], list(declared())[17:19]
    (['T1', 'T2', 'T3'], ['E1', 'E2'])
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path.name, f"is not TOML ({error})", "mend the declaration") from None
    claims = (_claim(name, entry) for name, entry in entries.items())
    return {claim.id: claim for claim in sorted(claims, key=_reading_order)}


def _claim(name: str, entry: Any) -> Claim:
    where = f"claim {name}"
    if not _ID.fullmatch(name):
        raise InputError(where, "has no id of the form T1, T5d, E3, D2 or S1", "rename it")
    _require_keys(where, entry, {"statement", "source", "notebook", "quantities"})
    if entry["source"] not in _SOURCES:
        raise InputError(where, f"has source {entry['source']!r}", f"give one of {', '.join(_SOURCES)}")
    if not entry["quantities"]:
        raise InputError(where, "declares no quantity", "declare at least one, with its criterion")
    quantities = {}
    for quantity, parts in entry["quantities"].items():
        _require_keys(f"{where}.{quantity}", parts, {"meaning", "criterion"} | ({"note"} & set(parts)))
        _require_keys(f"{where}.{quantity}.criterion", parts["criterion"], {"kind", "threshold"})
        quantities[quantity] = Quantity(
            quantity, parts["meaning"], Criterion(**parts["criterion"]), parts.get("note", "")
        )
    return Claim(name, entry["statement"], entry["source"], entry["notebook"], quantities)


def _require_keys(where: str, entry: Any, keys: set[str]) -> None:
    if not isinstance(entry, dict):
        raise InputError(where, "is not a table", f"give it the keys {', '.join(sorted(keys))}")
    for key in sorted(keys ^ set(entry)):
        offence = f"lacks {key!r}" if key in keys else f"has the unknown key {key!r}"
        raise InputError(where, offence, f"give exactly {', '.join(sorted(keys))}")


def _reading_order(claim: Claim) -> tuple[int, int, str]:
    letter, number, suffix = _ID.fullmatch(claim.id).groups()  # type: ignore[union-attr]
    return "TEDS".index(letter), int(number), suffix
