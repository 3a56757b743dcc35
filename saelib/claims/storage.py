"""The files of the ledger: one JSON a claim, written atomically, checked when read."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saelib.claims.declaration import Claim
from saelib.claims.verdict import combined
from saelib.errors import InputError


@dataclass(frozen=True)
class Measurement:
    """What was measured for one quantity.

    Parameters
    ----------
    value : float or int
        The number itself.
    interval : tuple of float, optional
        Its confidence interval.
    n : int, optional
        How many things the number is taken over.
    context : mapping
        Anything else worth keeping beside it (gate, unit, profile …), JSON scalars only.

    Examples
    --------
    >>> Measurement(0.2, interval=(0.1, 0.3), n=5).as_json()
    {'context': {}, 'interval': [0.1, 0.3], 'n': 5, 'value': 0.2}
    """

    value: float
    interval: tuple[float, float] | None = None
    n: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The measurement as JSON-ready values.

        Examples
        --------
        >>> Measurement(3).as_json()["value"]
        3
        """
        interval = None if self.interval is None else list(self.interval)
        return {"context": dict(self.context), "interval": interval, "n": self.n, "value": self.value}


def file_of(claim_id: str, results: Path) -> Path:
    """Where a claim's file lies below a results folder.

    Examples
    --------
    >>> file_of("E1", Path("results")).as_posix()
    'results/claims/E1.json'
    """
    return results / "claims" / f"{claim_id}.json"


def write(claim: Claim, measurements: Mapping[str, Measurement], results: Path) -> None:
    """Write a claim's measurements with the criteria they were judged by, whole or not at all.

    Parameters
    ----------
    claim : Claim
        The declaration.
    measurements : mapping of str to Measurement
        By quantity name.
    results : Path
        The results folder.

    Raises
    ------
    InputError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.claims import declared
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(declared()["T5d"], {"violations": Measurement(0, n=360)}, Path(folder))
    ...     read(declared()["T5d"], Path(folder))["violations"].n
    360
    """
    quantities = {}
    for name, measurement in measurements.items():
        criterion = claim.quantities[name].criterion
        quantities[name] = {
            **measurement.as_json(),
            "criterion": {"kind": criterion.kind, "threshold": criterion.threshold},
            "holds": criterion.holds(measurement.value, measurement.interval),
        }
    whole = {"claim": claim.id, "quantities": quantities, "verdict": verdict_of(claim, measurements)}
    text = json.dumps(whole, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    path = file_of(claim.id, results)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True) if temporary.parent.is_dir() else None
        offence = f"{results} cannot be written ({error.strerror or error})"
        raise InputError("results", offence, "choose a folder you may write to") from None


def read(claim: Claim, results: Path) -> dict[str, Measurement] | None:
    """Read a claim's measurements back and check them against the declaration.

    Parameters
    ----------
    claim : Claim
        The declaration.
    results : Path
        The results folder.

    Returns
    -------
    dict of str to Measurement, or None
        ``None`` if the claim has no file.

    Raises
    ------
    InputError
        If the file is malformed, was judged by another criterion than the declared one, or states a verdict
        that does not follow from its numbers.

    Examples
    --------
    >>> from saelib.claims import declared
    >>> read(declared()["T1"], Path("no/such/folder")) is None
    True
    """
    path = file_of(claim.id, results)
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(path, f"cannot be read ({error})") from None
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise _broken(path, f"is not JSON (line {error.lineno}: {error.msg})") from None
    try:
        measurements = {name: _measurement(entry) for name, entry in whole["quantities"].items()}
        stated = whole["claim"], whole["verdict"]
        judged = {name: (entry["criterion"], entry["holds"]) for name, entry in whole["quantities"].items()}
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, f"lacks a part or has a wrong one ({type(error).__name__}: {error})") from None
    for name, (criterion, holds) in judged.items():
        if name not in claim.quantities:
            raise _broken(path, f"has the undeclared quantity {name!r}")
        declared = claim.quantities[name].criterion
        if criterion != {"kind": declared.kind, "threshold": declared.threshold}:
            raise _broken(path, f"was judged by another criterion for {name!r} than the declared one")
        if holds is not declared.holds(measurements[name].value, measurements[name].interval):
            raise _broken(path, f"states a verdict for {name!r} that its numbers do not give")
    if stated != (claim.id, verdict_of(claim, measurements)):
        raise _broken(path, f"states {stated[0]!r} {stated[1]!r}, which its numbers do not give")
    return measurements


def verdict_of(claim: Claim, measurements: Mapping[str, Measurement]) -> str:
    """The claim's verdict given what has been measured so far.

    Examples
    --------
    >>> from saelib.claims import declared
    >>> verdict_of(declared()["T5d"], {"violations": Measurement(1)})
    'did not hold'
    """
    return combined(
        quantity.criterion.holds(measurements[name].value, measurements[name].interval)
        if name in measurements
        else None
        for name, quantity in claim.quantities.items()
    )


def _measurement(entry: Mapping[str, Any]) -> Measurement:
    interval = None if entry["interval"] is None else (entry["interval"][0], entry["interval"][1])
    for number in (entry["value"], *(interval or ())):
        if not isinstance(number, int | float) or isinstance(number, bool) or not math.isfinite(number):
            raise ValueError(f"{number!r} is not a finite number")
    return Measurement(entry["value"], interval, entry["n"], dict(entry["context"]))


def _broken(path: Path, offence: str) -> InputError:
    return InputError(str(path), offence, "run the notebook that decides it again")
