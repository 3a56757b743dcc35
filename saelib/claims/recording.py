"""A notebook's numbers come in, a computed verdict goes out."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saelib.claims import storage
from saelib.claims.criterion import Criterion
from saelib.claims.declaration import Claim, Quantity, declared
from saelib.errors import InputError

# What this process has recorded, so that no later cell can quietly overwrite an earlier verdict.
_recorded: set[tuple[str, str, str]] = set()


@dataclass(frozen=True)
class Verdict:
    """What the declared criterion says about one measured quantity.

    Parameters
    ----------
    claim, quantity : str
        What was measured.
    value : float
        The number.
    interval : tuple of float, optional
        Its confidence interval.
    criterion : Criterion
        The declared test.
    holds : bool
        The test's answer.

    Examples
    --------
    >>> print(Verdict("E2", "fine_gain", 0.2, (0.1, 0.3), Criterion("above", 0.05), True))
    E2 fine_gain = 0.2 [0.1, 0.3], declared > 0.05: held
    """

    claim: str
    quantity: str
    value: float
    interval: tuple[float, float] | None
    criterion: Criterion
    holds: bool

    def __str__(self) -> str:
        interval = f" [{self.interval[0]:.4g}, {self.interval[1]:.4g}]" if self.interval else ""
        answer = "held" if self.holds else "did not hold"
        return (
            f"{self.claim} {self.quantity} = {self.value:.4g}{interval}, declared {self.criterion}: {answer}"
        )


def record(
    claim_id: str,
    quantity: str | None = None,
    *,
    value: float,
    interval: Sequence[float] | None = None,
    n: int | None = None,
    **context: Any,
) -> Verdict:
    """Judge one measured quantity by its declared criterion and, in a run of the study, keep it.

    It is kept (``claims/<id>.json`` in the results folder) only when the study's runner started the notebook.
    A reader who re-runs a notebook with other parameters sees the verdict and leaves the ledger alone.

    Parameters
    ----------
    claim_id : str
        A declared claim, ``"E1"``.
    quantity : str, optional
        One of the claim's quantities; may be left out when it has exactly one.
    value : float
        The measured number, finite.
    interval : pair of float, optional
        Its confidence interval, containing ``value``; then the whole interval has to meet the criterion.
    n : int, optional
        How many things (seeds, SAEs, instances) the number is taken over.
    **context
        Anything worth keeping beside it; strings, numbers, booleans or ``None``.

    Returns
    -------
    Verdict
        The computed verdict of this quantity.

    Raises
    ------
    InputError
        If the claim or quantity is unknown, the quantity is missing or already recorded in this run, the
        notebook is not the declared one, or a number is not finite.

    Examples
    --------
    >>> print(record("T1", "violations", value=0, n=100_000))
    T1 violations = 0, declared ≤ 0: held
    >>> record("E2", "fine_gain", value=0.2, interval=(0.01, 0.39), n=5).holds
    False
    """
    claim, chosen = _look_up(claim_id, quantity)
    measurement = storage.Measurement(
        value=_number("value", value),
        interval=_interval(interval, value),
        n=_count(n),
        context={key: _scalar(key, item) for key, item in sorted(context.items())},
    )
    holds = chosen.criterion.holds(measurement.value, measurement.interval)
    if results := os.environ.get("SAELIB_RESULTS"):
        _keep(claim, chosen, measurement, Path(results))
    return Verdict(claim.id, chosen.name, measurement.value, measurement.interval, chosen.criterion, holds)


def _keep(claim: Claim, quantity: Quantity, measurement: storage.Measurement, results: Path) -> None:
    notebook = os.environ.get("SAELIB_NOTEBOOK", "")
    if not notebook:
        return  # results are only read from there, say by a reader's own kernel: nobody runs the study
    if notebook != claim.notebook:
        raise InputError(
            "claim_id", f"{claim.id} is decided by {claim.notebook}, not {notebook}", "record it there"
        )
    key = (str(results), claim.id, quantity.name)
    if key in _recorded:
        offence = f"{quantity.name!r} of {claim.id} is recorded a second time in this run"
        raise InputError("quantity", offence, "record each quantity once")
    measurements = storage.read(claim, results) or {}
    storage.write(claim, {**measurements, quantity.name: measurement}, results)
    _recorded.add(key)


def _look_up(claim_id: str, quantity: str | None) -> tuple[Claim, Quantity]:
    claims = declared()
    if claim_id not in claims:
        raise InputError("claim_id", f"{claim_id!r} is not declared", f"give one of {', '.join(claims)}")
    claim = claims[claim_id]
    names = ", ".join(claim.quantities)
    if quantity is None:
        if len(claim.quantities) > 1:
            raise InputError("quantity", f"is missing for {claim_id}", f"name one of {names}")
        quantity = next(iter(claim.quantities))
    if quantity not in claim.quantities:
        raise InputError("quantity", f"{quantity!r} is not declared for {claim_id}", f"give one of {names}")
    return claim, claim.quantities[quantity]


def _number(name: str, value: Any) -> float:
    """A Python int or float from whatever number came in, numpy's included."""
    try:
        number: float = operator.index(value) if not isinstance(value, bool) else None  # type: ignore[assignment]
    except TypeError:
        try:
            number = float(value) if not isinstance(value, str | bytes) else math.nan
        except (TypeError, ValueError):
            number = math.nan
    if number is None or not math.isfinite(number):
        raise InputError(name, f"is {value!r}", "give a finite number")
    return number


def _interval(interval: Sequence[float] | None, value: float) -> tuple[float, float] | None:
    if interval is None:
        return None
    ends = list(interval)
    if len(ends) != 2:
        raise InputError("interval", f"has {len(ends)} numbers", "give its lower and its upper end")
    low, high = (_number("interval", end) for end in ends)
    if not low <= value <= high:
        offence = f"[{low:g}, {high:g}] does not contain the value {value:g}"
        raise InputError("interval", offence, "give (low, high) around the value")
    return float(low), float(high)


def _count(n: int | None) -> int | None:
    if n is None:
        return None
    number = _number("n", n)
    if number != int(number) or number < 1:
        raise InputError("n", f"is {n!r}", "give a positive integer")
    return int(number)


def _scalar(name: str, value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if type(value).__name__ in ("bool_", "bool"):  # numpy's bool is no bool to the json module
        return bool(value)
    return _number(name, value)
