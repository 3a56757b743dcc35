"""How cleanly a concept falls into parts: the error of the parts together, and the gap between them (T8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.geometry import separate
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["splitting_bound", "splitting_gap"]

Floats = npt.NDArray[np.float64]


def splitting_bound(
    activations: ActivationSets, concepts: ConceptSet, parts: Mapping[str, Sequence[int]]
) -> pd.DataFrame:
    r"""Hold the OR-unit of some parts against what the parts promise (T8a).

    The concept is partitioned among the parts: a point goes to the part that fires there, to the one that
    catches most of the concept if several do, and to that one too if none does. With C = ⊔C_k so made,
    ``|∪θ_k△C| ≤ Σ|θ_k△C_k|``, and no part catches more of C than ``|C_k| + |θ_k∖C_k|``. The first has no
    slack but the overlap: the two sides differ by Σ (m(x) − 1)₊, m(x) the number of parts that fire at x.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    concepts : ConceptSet
        Over the same points.
    parts : mapping of str to sequence of int
        By the name of a concept: numbers of the neurons that hold it together.

    Returns
    -------
    pandas.DataFrame
        One row a concept named in ``parts``, all counts of points:

        - ``concept``, ``n_points``, ``n_parts``: its name, its size and the number of its parts.
        - ``errors``: ``|∪θ_k△C|``; ``bound``: ``Σ|θ_k△C_k|``.
        - ``overlap``: Σ (m(x) − 1)₊ over all points.
        - ``largest``: points of the concept that one part catches, of the part that catches most.
        - ``largest_bound``: ``|C_k| + |θ_k∖C_k|`` of that part.
        - ``violated``: whether errors or any part exceed their bound, or the slack is not the overlap.

    Raises
    ------
    InputError
        If the numbers of points differ, a name is unknown, or parts are not distinct neurons.

    Examples
    --------
    Two parts of a concept of four points overlap in one of them, and one leaks:

    >>> activations = ActivationSets([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1]])
    >>> concepts = ConceptSet([[1], [1], [1], [1], [0]], names=["animal"])
    >>> found = splitting_bound(activations, concepts, {"animal": [0, 1]})
    >>> found[["errors", "bound", "overlap", "largest", "largest_bound"]].to_numpy().tolist()
    [[1, 2, 1, 3, 3]]
    """
    _check_points(activations, concepts)
    rows = []
    for name, neurons in _checked_parts(activations, concepts, parts).items():
        inside = _indicator(concepts, name)
        fires = activations.membership[:, neurons].toarray()
        together = fires.sum(axis=1)
        caught = fires[inside].sum(axis=0)
        # Whoever catches most is asked first, so that argmax finds it among those that fire.
        order = np.argsort(-caught, kind="stable")
        own = np.zeros_like(fires)
        own[np.arange(len(fires)), order[fires[:, order].argmax(axis=1)]] = True
        own &= inside[:, None]
        apart = (fires ^ own).sum(axis=0)
        limit = own.sum(axis=0) + (fires & ~own).sum(axis=0)
        errors = int(((together > 0) ^ inside).sum())
        overlap = int(np.maximum(together - 1, 0).sum())
        rows.append(
            {
                "concept": name,
                "n_points": int(inside.sum()),
                "n_parts": len(neurons),
                "errors": errors,
                "bound": int(apart.sum()),
                "overlap": overlap,
                "largest": int(caught[order[0]]),
                "largest_bound": int(limit[order[0]]),
                "violated": bool(int(apart.sum()) - errors != overlap or (caught > limit).any()),
            }
        )
    columns = ["concept", "n_points", "n_parts", "errors", "bound", "overlap", "largest", "largest_bound"]
    return pd.DataFrame(rows, columns=[*columns, "violated"])


def splitting_gap(
    activations: ActivationSets,
    concepts: ConceptSet,
    parts: Mapping[str, Sequence[int]],
    points: npt.ArrayLike,
    W_enc: npt.ArrayLike,
    b: npt.ArrayLike,
) -> pd.DataFrame:
    r"""Measure the gap between every two parts of a concept, and how much of it the neurons use (T8b).

    Of two parts k and l only the points count on which one of them fires and the other does not:
    C_k = C∩θ_k∖θ_l and C_l = C∩θ_l∖θ_k; what they share belongs to neither. With p_j(x) = ⟨w_j, x⟩ + b_j,
    every gate under which a neuron that fires has the larger pre-activation (ReLU, Top-K, BatchTopK) has
    p_k > p_l on C_k and p_l > p_k on C_l: the *difference neuron* (w_k − w_l, b_k − b_l) tells the two apart.
    Its margin is at most half the distance of the two hulls; if the hulls meet there can be no such split.

    Parameters
    ----------
    activations : ActivationSets
        θ_j over ``n_points`` points.
    concepts : ConceptSet
        Over the same points.
    parts : mapping of str to sequence of int
        By the name of a concept: numbers of the neurons that hold it together.
    points : array_like [n_points, d_in]
        The points themselves; margins and distances are in their unit (Euclidean norm).
    W_enc : array_like [d_in, d_sae]
        Encoder weights.
    b : array_like [d_sae]
        Offsets of the affine forms: ``b_enc - b_dec @ W_enc`` for an SAE.

    Returns
    -------
    pandas.DataFrame
        One row a concept and pair of its parts:

        - ``concept``, ``part_1``, ``part_2``: its name and two neuron numbers.
        - ``n_1``, ``n_2``, ``n_shared``: ``|C_k|``, ``|C_l|``, ``|C∩θ_k∩θ_l|``.
        - ``verdict``: *apart* (the hulls of C_k and C_l are disjoint), *meet* (a certificate proves that they
          are not), *undecided* (closer than float64 can tell), or *empty* (C_k or C_l is).
        - ``half_distance``: half the distance of the hulls, above which no margin can be; ``<NA>`` unless
          they are apart.
        - ``margin``: of the difference neuron, the least of ±(p_k − p_l)/‖w_k − w_l‖ over C_k and C_l;
          negative if it errs, ``<NA>`` if a part is empty or the weights are equal.
        - ``alone_1``, ``alone_2``: the same for neuron k alone, the least of ±p_k/‖w_k‖, and for neuron l
          alone. With absolute gating they are never negative; with Top-K they may be, for a neuron that is
          silent may have lost a competition on its own side of its hyperplane.
        - ``violated``: whether the margin, or that of a neuron alone, exceeds half the distance (by more
          than rounding), or one of them is positive although the hulls meet.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, a name is unknown, or parts are not distinct neurons.

    Examples
    --------
    A concept of two clusters at −1 and 1 on the line, a neuron for each side:

    >>> points = [[-1.5], [-1.0], [1.0], [1.5]]
    >>> W_enc, b = [[1.0, -1.0]], [-0.5, -0.5]
    >>> activations = ActivationSets([[0, 1], [0, 1], [1, 0], [1, 0]])
    >>> concepts = ConceptSet([[1], [1], [1], [1]], names=["outer"])
    >>> found = splitting_gap(activations, concepts, {"outer": [0, 1]}, points, W_enc, b)
    >>> found[["verdict", "half_distance", "margin", "alone_1"]].to_numpy().tolist()
    [['apart', 1.0, 1.0, 0.5]]
    """
    _check_points(activations, concepts)
    x = _finite("points", points, (activations.n_points, None))
    w = _finite("W_enc", W_enc, (x.shape[1], activations.d_sae))
    offsets = _finite("b", b, (activations.d_sae,))
    rows = []
    for name, neurons in _checked_parts(activations, concepts, parts).items():
        inside = concepts.extent(name)
        own, fires = x[inside], activations.membership[inside][:, neurons].toarray()
        for k, other in combinations(range(len(neurons)), 2):
            first, second = fires[:, k] & ~fires[:, other], fires[:, other] & ~fires[:, k]
            pair = neurons[k], neurons[other]
            row: dict[str, object] = {
                "concept": name,
                "part_1": pair[0],
                "part_2": pair[1],
                "n_1": int(first.sum()),
                "n_2": int(second.sum()),
                "n_shared": int((fires[:, k] & fires[:, other]).sum()),
            }
            rows.append(row | _gap(own[first], own[second], w[:, pair], offsets[list(pair)]))
    columns = ["concept", "part_1", "part_2", "n_1", "n_2", "n_shared", "verdict", *_LENGTHS, "violated"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(_LENGTHS, "Float64"))


_LENGTHS = ["half_distance", "margin", "alone_1", "alone_2"]


def _gap(first: Floats, second: Floats, w: Floats, b: Floats) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(_LENGTHS, pd.NA) | {"verdict": "empty", "violated": False}
    if not len(first) or not len(second):
        return row
    lengths = {
        "margin": _margin(first, second, w[:, 0] - w[:, 1], b[0] - b[1]),
        "alone_1": _margin(first, second, w[:, 0], b[0]),
        "alone_2": _margin(second, first, w[:, 1], b[1]),
    }
    found = separate(first, second)
    verdict = {True: "apart", False: "meet", None: "undecided"}[found.separable]
    # What a neuron can have at most; an undecided answer has a bound too.
    most = 0.0 if verdict == "meet" else found.margin_bound  # type: ignore[union-attr]
    above = [value for value in lengths.values() if value is not None and value > most * (1 + 1e-9)]
    row |= {name: pd.NA if value is None else value for name, value in lengths.items()}
    if verdict == "apart":
        row["half_distance"] = most
    return row | {"verdict": verdict, "violated": bool(above)}


def _margin(inside: Floats, outside: Floats, w: Floats, b: float) -> float | None:
    """Least distance from the right side of the boundary, negative for an error; None without direction."""
    length = float(np.linalg.norm(w))
    if not length:
        return None
    return float(min((inside @ w + b).min(), -(outside @ w + b).max())) / length


def _indicator(concepts: ConceptSet, name: str) -> npt.NDArray[np.bool_]:
    inside = np.zeros(concepts.n_points, dtype=np.bool_)
    inside[concepts.extent(name)] = True
    return inside


def _check_points(activations: ActivationSets, concepts: ConceptSet) -> None:
    checked_type("activations", activations, ActivationSets, "wrap who fires in saelib.ActivationSets")
    checked_type("concepts", concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    if activations.n_points != concepts.n_points:
        offence = f"covers {concepts.n_points} points and activations {activations.n_points}"
        raise InputError("concepts", offence, "give both over the same points")


def _checked_parts(
    activations: ActivationSets, concepts: ConceptSet, parts: Mapping[str, Sequence[int]]
) -> dict[str, list[int]]:
    if not isinstance(parts, Mapping):
        raise InputError("parts", f"is a {type(parts).__name__}", "give a mapping of names to neurons")
    checked = {}
    for name, neurons in parts.items():
        if not isinstance(name, str) or name not in concepts.names:
            raise InputError("parts", f"names {name!r}", "name a concept")
        numbers = np.asarray(neurons)
        if numbers.ndim != 1 or not numbers.size or not np.issubdtype(numbers.dtype, np.integer):
            raise InputError("parts", f"gives {name!r} {neurons!r}", "give the numbers of its neurons")
        known = numbers.min() >= 0 and numbers.max() < activations.d_sae
        if not known or len(np.unique(numbers)) < len(numbers):
            offence = f"gives {name!r} the neurons {numbers.tolist()}"
            raise InputError("parts", offence, f"give distinct numbers from 0 to {activations.d_sae - 1}")
        checked[name] = [int(number) for number in numbers]
    return checked


def _finite(argument: str, values: npt.ArrayLike, shape: tuple[int | None, ...]) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(argument, "is no array of numbers", "give real numbers") from None
    wanted = ", ".join("d_in" if size is None else str(size) for size in shape)
    fits = array.ndim == len(shape) and all(
        size is None or size == given for size, given in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise InputError(argument, f"has shape {array.shape}", f"give shape [{wanted}]")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(argument, f"is not finite at {at}", "give finite numbers")
    return array
