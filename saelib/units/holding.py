"""Where a concept is held: in one neuron, in a unit, in the whole pattern, in part, or nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError

HOLDERS = ("one neuron", "a unit", "the pattern", "in part", "absent")


def held_by(single: Any, unit: Any, boolean: Any, eta: float = 0.2, share: float = 0.5) -> pd.Categorical:
    """Say of every concept which reader it takes, from three distances.

    Parameters
    ----------
    single, unit, boolean : array_like, shape [n_concepts]
        Jaccard distance in [0, 1] of the best neuron, the best AND- or OR-unit and the Boolean limit, best
        taken at their word on points they were not chosen on (:func:`saelib.units.three_errors` with
        ``held_out``). There they need not fall from one to the next.
    eta : float, default 0.2
        η in [0, 1): a neuron within this distance holds the concept.
    share : float, default 0.5
        In (0, 1): a reader of several neurons has to come down to this share of the single neuron's distance
        for the concept to count as held by several.

    Returns
    -------
    pandas.Categorical
        One ordered category a concept, the first of these that applies:

        - ``"one neuron"``: single ≤ η;
        - ``"a unit"``: unit ≤ share·single;
        - ``"the pattern"``: boolean ≤ share·single, so that it takes more than an AND or an OR;
        - ``"in part"``: the nearest of the three is within ½, which is nearer than silence is;
        - ``"absent"``: none of them is.

    Raises
    ------
    InputError
        If the distances are not three vectors of one length in [0, 1], or a setting is out of range.

    Examples
    --------
    >>> list(held_by([0.1, 0.6, 0.6, 0.4, 0.9], [0.1, 0.2, 0.5, 0.4, 0.8], [0.1, 0.1, 0.2, 0.3, 1.0]))
    ['one neuron', 'a unit', 'the pattern', 'in part', 'absent']
    """
    one, several, any_function = (
        _distances(name, values)
        for name, values in (("single", single), ("unit", unit), ("boolean", boolean))
    )
    for name, found in (("unit", several), ("boolean", any_function)):
        if found.shape != one.shape:
            raise InputError(name, f"has length {found.size}", f"give {one.size} distances")
    if not _number(eta) or not 0 <= eta < 1:
        raise InputError("eta", f"is {eta!r}", "give a number from 0 to below 1")
    if not _number(share) or not 0 < share < 1:
        raise InputError("share", f"is {share!r}", "give a number between 0 and 1")
    nearest = np.minimum(np.minimum(one, several), any_function)
    conditions = [one <= eta, several <= share * one, any_function <= share * one, nearest <= 0.5]
    names = np.select(conditions, HOLDERS[:4], default=HOLDERS[4])
    return pd.Categorical(names.tolist(), categories=list(HOLDERS), ordered=True)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _distances(name: str, values: Any) -> npt.NDArray[np.float64]:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, "is no vector of numbers", "give one distance a concept") from None
    if found.ndim != 1:
        raise InputError(name, f"has {found.ndim} dimension(s)", "give one distance a concept")
    wrong = np.flatnonzero(~((found >= 0) & (found <= 1)))
    if wrong.size:
        raise InputError(name, f"is {found[wrong[0]]} at {wrong[0]}", "give distances from 0 to 1")
    return found
