"""Neurons that are nested on the data, for any forest of concepts that allows it (theory T11b)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from saelib.errors import InputError
from saelib.geometry import Neuron, Separation, separate
from saelib.geometry.exact_rational import exact_sides
from saelib.phenomena.whole_space import outside_point
from saelib.sets import ConceptSet

__all__ = ["dual_neurons", "nested_neurons", "nesting_on_and_off"]


def dual_neurons(directions: npt.ArrayLike, threshold: float) -> tuple[Neuron, ...]:
    """Build one neuron a concept in closed form, where the concepts' directions are independent (T11b).

    On a point x = Σ a_i v_i the dual vector w_i, ⟨w_i, v_j⟩ = 1 if i = j and 0 otherwise, reads off a_i. The
    neuron (w_i, -threshold) therefore fires exactly where a_i > threshold: between 0 and the least amplitude
    that is, exactly on the concept, and whatever inclusions the concepts have its neurons have on the data.

    Parameters
    ----------
    directions : array_like [n_concepts, d_in]
        v_i, linearly independent.
    threshold : float
        Positive, as a rule half of the least amplitude. A point may be off Σ a_i v_i by any vector that each
        w_i sees as less than the distance from the threshold to the nearer of 0 and the least amplitude.

    Returns
    -------
    tuple of Neuron
        One a concept.

    Raises
    ------
    InputError
        If the directions are no finite matrix or depend on one another, or the threshold is not positive.

    Examples
    --------
    An animal's direction is (1, 0), a dog adds (1, 1):

    >>> animal, dog = dual_neurons([[1.0, 0.0], [1.0, 1.0]], 0.5)
    >>> points = np.array([[0.0, 0.0], [2.0, 0.0], [3.0, 1.0]])        # nothing, an animal, a dog
    >>> animal.fires(points).tolist(), dog.fires(points).tolist()
    ([False, True, True], [False, False, True])
    """
    try:
        v = np.asarray(directions, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("directions", "is no array of numbers", "give real numbers") from None
    if v.ndim != 2 or 0 in v.shape:
        raise InputError("directions", f"has shape {v.shape}", "give [n_concepts, d_in], not empty")
    if not np.isfinite(v).all():
        raise InputError("directions", "has NaN or infinity", "give finite numbers")
    if not (np.isfinite(threshold) and threshold > 0):
        raise InputError("threshold", f"is {threshold!r}", "give a number above 0")
    if np.linalg.matrix_rank(v) < len(v):
        offence = f"has {len(v)} rows of rank {np.linalg.matrix_rank(v)}"
        raise InputError("directions", offence, "give independent directions, or use nested_neurons")
    return tuple(Neuron(w, -float(threshold)) for w in np.linalg.pinv(v).T)


def nested_neurons(
    points: npt.ArrayLike, concepts: ConceptSet, *, progress: bool = True
) -> tuple[Neuron | None, ...]:
    """Build one neuron a concept, exact on the data, for every concept that has one (T11b).

    A neuron with θ ∩ X = C exists iff the hulls of C and X∖C are disjoint (T2); the one of widest margin is
    taken. If every concept of a forest has one, then the neurons are nested on the data as the concepts are,
    whether the forest branches or not, because on the data they *are* the concepts.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        X, finite numbers.
    concepts : ConceptSet
        Over the same points, each with points inside and outside.
    progress : bool, default True
        Show a progress bar if the output is a terminal.

    Returns
    -------
    tuple of Neuron or None
        One a concept; None where no single neuron has exactly these points (or, rarely, floats can not
        state one): ask :func:`saelib.geometry.separate` for the certificate.

    Raises
    ------
    InputError
        If points and concepts do not fit, a concept holds everywhere or nowhere, or a number is not finite.

    Examples
    --------
    Two kinds of animals and a stone; on the line the first kind lies between the others:

    >>> points = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    >>> zoo = [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    >>> concepts = ConceptSet(zoo, names=["animal", "dog", "cat"], parents=[-1, 0, 0])
    >>> [neuron.fires(points).tolist() for neuron in nested_neurons(points, concepts)]
    [[True, True, False], [True, False, False], [False, True, False]]
    >>> [neuron is None for neuron in nested_neurons([[1.0], [0.0], [2.0]], concepts)]
    [False, True, False]
    """
    x = _checked_points(points, concepts)
    nowhere = np.flatnonzero((concepts.sizes == 0) | (concepts.sizes == concepts.n_points))
    if nowhere.size:
        name = concepts.names[nowhere[0]]
        raise InputError("concepts", f"has {name!r} nowhere or everywhere", "leave it out")
    built: list[Neuron | None] = []
    for name in tqdm(concepts.names, desc="neurons", unit="concept", disable=None if progress else True):
        inside = np.zeros(concepts.n_points, dtype=np.bool_)
        inside[concepts.extent(name)] = True
        found = separate(x[inside], x[~inside])
        built.append(found.neuron if isinstance(found, Separation) else None)
    return tuple(built)


def nesting_on_and_off(
    neurons: tuple[Neuron | None, ...], points: npt.ArrayLike, concepts: ConceptSet
) -> pd.DataFrame:
    """Judge one neuron a concept: its errors on the data, and its inclusion on and off the data.

    Nothing is taken from how the neurons were found. Signs of pre-activations are exact, rounding or not.

    Parameters
    ----------
    neurons : sequence of Neuron or None
        One a concept, None for none.
    points : array_like [n_points, d_in]
        The data.
    concepts : ConceptSet
        Over the same points.

    Returns
    -------
    pandas.DataFrame
        One row a concept:

        - ``concept``, ``parent`` (``<NA>`` for a root), ``level``.
        - ``n_concept``, ``n_fires``: points of C and of θ ∩ X; nullable ``Int64``.
        - ``errors``: points on which θ and C disagree.
        - ``outside_on_data``: points of the data where the concept's neuron fires and its parent's does not.
        - ``nested_off_data``: whether its half-space lies inside its parent's in the whole space, decided
          exactly by :func:`~saelib.phenomena.outside_point`; nullable ``boolean``.

        Without a neuron, and for the last two without a parent's, ``<NA>``.

    Raises
    ------
    InputError
        If neurons, points and concepts do not fit.

    Examples
    --------
    >>> points = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    >>> zoo = [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    >>> concepts = ConceptSet(zoo, names=["animal", "dog", "cat"], parents=[-1, 0, 0])
    >>> judged = nesting_on_and_off(nested_neurons(points, concepts), points, concepts)
    >>> judged[["concept", "errors", "outside_on_data", "nested_off_data"]].to_numpy().tolist()
    [['animal', 0, <NA>, <NA>], ['dog', 0, 0, False], ['cat', 0, 0, False]]
    """
    x = _checked_points(points, concepts)
    neurons = tuple(neurons)
    if len(neurons) != concepts.n_concepts:
        offence = f"has {len(neurons)} entries for {concepts.n_concepts} concepts"
        raise InputError("neurons", offence, "give one a concept, None for none")
    for at, neuron in enumerate(neurons):
        if neuron is not None and not (isinstance(neuron, Neuron) and neuron.d_in == x.shape[1]):
            raise InputError("neurons", f"has at {at} no neuron of R^{x.shape[1]}", "give Neurons or None")
    held = concepts.membership.toarray()
    fires = [None if n is None else exact_sides(x, n.w, n.b) > 0 for n in neurons]
    rows = []
    for at, (neuron, own) in enumerate(zip(neurons, fires, strict=True)):
        up = int(concepts.parents[at])
        row = {
            "concept": concepts.names[at],
            "parent": concepts.names[up] if up >= 0 else pd.NA,
            "level": int(concepts.levels[at]),
            "n_concept": int(concepts.sizes[at]),
            "n_fires": pd.NA if own is None else int(own.sum()),
            "errors": pd.NA if own is None else int((own != held[:, at]).sum()),
            "outside_on_data": pd.NA,
            "nested_off_data": pd.NA,
        }
        above, over = (neurons[up], fires[up]) if up >= 0 else (None, None)
        if neuron is not None and own is not None and above is not None and over is not None:
            row["outside_on_data"] = int((own & ~over).sum())
            row["nested_off_data"] = outside_point(neuron, above) is None
        rows.append(row)
    whole = ["n_concept", "n_fires", "errors", "outside_on_data"]
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64") | {"nested_off_data": "boolean"})


def _checked_points(points: npt.ArrayLike, concepts: ConceptSet) -> npt.NDArray[np.float64]:
    if not isinstance(concepts, ConceptSet):
        raise InputError("concepts", f"is a {type(concepts).__name__}", "give a ConceptSet")
    try:
        x = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("points", "is no array of numbers", "give real numbers") from None
    if x.ndim != 2 or len(x) != concepts.n_points or not x.shape[1]:
        raise InputError("points", f"has shape {x.shape}", f"give points [{concepts.n_points}, d_in]")
    if not np.isfinite(x).all():
        row = int(np.argwhere(~np.isfinite(x))[0][0])
        raise InputError("points", f"has NaN or infinity at point {row}", "give finite numbers")
    return x
