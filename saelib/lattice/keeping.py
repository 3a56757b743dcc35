"""Which implications of one context another one keeps (theory T13e, and T9b for the edges of a forest)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context
from saelib.lattice.implications import Implications
from saelib.lattice.rows import Indices, row
from saelib.sets.shares import share

__all__ = ["kept_implications"]


def kept_implications(
    implications: Implications, context: Context, assignment: npt.ArrayLike | None = None
) -> pd.DataFrame:
    r"""Look up implications between concepts among the neurons that stand for the concepts.

    "Every dog is an animal" is kept by a dictionary if the animal neuron fires wherever the dog neuron does.
    The other way round works as well: implications between neurons, looked up among concepts.

    Parameters
    ----------
    implications : Implications
        Between attributes of one context, say human concepts: what holds (:func:`implication_base`), what
        nearly holds (:func:`luxenburger_base`) or what was stated (:func:`forest_implications`).
    context : Context
        Where to look them up, say points × neurons. The points may be others than those the implications
        come from: a neuron that was chosen on some points is best judged on others.
    assignment : array_like [n_attributes], optional
        Which attribute of ``context`` stands for each attribute of the implications, -1 for none; the choice
        is the caller's, for instance ``alignment.learn()``. If left out, attributes are the same in both.

    Returns
    -------
    pandas.DataFrame
        For every implication P → Q one row for each q in Q, in the order of the implications. Where P has
        several attributes that no object has together, they *exclude* each other, and one row says so.

        - ``implication``: position; ``kind``: "implies" or "excludes".
        - ``premise``: names of P, a tuple; ``conclusion``: name of q, unavailable for an exclusion.
        - ``stated_premise``, ``stated_both``: objects with P, with P and q, where the implications come
          from; ``stated_confidence``: their quotient.
        - ``premise_image``: numbers that stand for P, a tuple, -1 for none; ``conclusion_image``: for q, -1
          for none or an exclusion.
        - ``found_premise``, ``found_both``: objects of ``context`` that have all of the premise's image, and
          those that have the conclusion's as well; unavailable where something has no image. For an exclusion
          ``found_premise`` counts the exceptions and ``found_both`` is unavailable.
        - ``found_confidence``: ``found_both / found_premise``, unavailable if either is or the latter is 0.
          For an edge of a forest this is the column ``implication`` of :func:`saelib.phenomena.absorption`
          (T9b), given the same points and neurons.
        - ``kept``: whether there is no exception, ``boolean``; unavailable if ``found_confidence`` is, or for
          an exclusion if an attribute of its premise has no image or one that no object has.
        - ``trivial``: whether one attribute stands for the conclusion and part of the premise, so that there
          can be no exception; for an exclusion, whether one stands for two attributes of the premise.

        Counts that may be unavailable are ``Int64``, shares ``Float64``.

    Raises
    ------
    InputError
        If something else is given, the assignment does not fit, or is left out where names differ.

    Examples
    --------
    The animal neuron is silent on one dog of two:

    >>> from saelib import ActivationSets, ConceptSet
    >>> from saelib.lattice import Context, forest_implications, kept_implications
    >>> concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> neurons = Context.from_activations(ActivationSets([[0, 1], [1, 1], [1, 0], [0, 0]]))
    >>> found = kept_implications(forest_implications(concepts), neurons, [0, 1])
    >>> found[["premise", "conclusion", "found_premise", "found_both", "kept"]].values.tolist()
    [[('dog',), 'animal', 2, 1, False]]
    """
    if not isinstance(implications, Implications):
        offence = f"is a {type(implications).__name__}"
        raise InputError("implications", offence, "give what implication_base returns")
    image = _checked_assignment(implications.context, checked_context(context), assignment)
    rows = [
        found
        for i in range(len(implications))
        for found in (
            _implying(implications, i, context, image)
            if implications.premise_support[i] or len(implications.premise(i)) < 2
            else _excluding(implications, i, context, image)
        )
    ]
    return _frame(rows, implications, context, image)


def _implying(base: Implications, i: int, context: Context, image: Indices) -> list[tuple[int, ...]]:
    """For each q: position, q, counts where it was stated, and counts here or -1."""
    premise, conclusion = base.premise(i), base.conclusion(i)
    size = int(base.premise_support[i])
    exact = base.exact[i]
    stated = [size] * len(conclusion) if exact else _having(base.context, premise)[1][conclusion].tolist()
    if (image[premise] < 0).any():
        return [(i, int(q), size, both, -1, -1) for q, both in zip(conclusion, stated, strict=True)]
    total, having = _having(context, image[premise])
    return [
        (i, int(q), size, both, total, int(having[image[q]]) if image[q] >= 0 else -1)
        for q, both in zip(conclusion, stated, strict=True)
    ]


def _excluding(base: Implications, i: int, context: Context, image: Indices) -> list[tuple[int, ...]]:
    images = image[base.premise(i)]
    return [(i, -1, 0, 0, -1 if (images < 0).any() else len(context.extent(images)), -1)]


def _having(context: Context, attributes: Indices) -> tuple[int, Indices]:
    """How many objects have all of some attributes, and how many of them each attribute."""
    extent = context.extent(attributes)
    counts = np.bincount(context.incidence[extent].indices, minlength=context.n_attributes)
    return len(extent), counts.astype(np.int64)


def _frame(rows: list[tuple[int, ...]], base: Implications, context: Context, image: Indices) -> pd.DataFrame:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 6)
    position, q, stated_premise, stated_both, found_premise, found_both = table.T
    excludes = q < 0
    conclusion_image = np.where(excludes, -1, np.append(image, -1)[q])
    images = [image[row(base.premises, i)] for i in position]
    alive = np.append(context.attribute_sizes > 0, False)
    all_alive = np.array([alive[own].all() for own in images], dtype=np.bool_)
    known = np.where(excludes, all_alive, (found_both >= 0) & (found_premise > 0))
    without_exception = np.where(excludes, found_premise == 0, found_both == found_premise)
    trivial = [
        len(set(own)) < len(own) if q[k] < 0 else conclusion_image[k] >= 0 and conclusion_image[k] in own
        for k, own in enumerate(images)
    ]
    names = np.array([*base.context.attributes, None], dtype=object)
    return pd.DataFrame(
        {
            "implication": position,
            "kind": np.where(excludes, "excludes", "implies"),
            "premise": _tuples([names[row(base.premises, i)] for i in position]),
            "conclusion": pd.array(names[q], dtype="string"),
            "stated_premise": stated_premise,
            "stated_both": stated_both,
            "stated_confidence": share(stated_both, stated_premise),
            "premise_image": _tuples(images),
            "conclusion_image": conclusion_image,
            "found_premise": _or_unavailable(found_premise),
            "found_both": _or_unavailable(found_both),
            "found_confidence": share(found_both, found_premise, (found_both >= 0)),
            "kept": pd.arrays.BooleanArray(without_exception & known, ~known),
            "trivial": np.array(trivial, dtype=np.bool_),
        }
    )


def _tuples(arrays: list[np.ndarray]) -> pd.Series:
    return pd.Series([tuple(array.tolist()) for array in arrays], dtype=object)


def _or_unavailable(counts: Indices) -> Any:
    return pd.arrays.IntegerArray(counts.copy(), counts < 0)


def _checked_assignment(stated: Context, found: Context, assignment: Any) -> Indices:
    if assignment is None:
        if stated.attributes != found.attributes:
            raise InputError("assignment", "is left out, but the attributes differ", "say which is which")
        return np.arange(stated.n_attributes)
    try:
        image = np.asarray(assignment)
    except ValueError as ragged:
        raise InputError("assignment", "is ragged", "give one integer an attribute") from ragged
    if image.shape != (stated.n_attributes,) or (image.size and image.dtype.kind not in "iu"):
        offence = f"has shape {image.shape} and type {image.dtype}"
        raise InputError("assignment", offence, f"give {stated.n_attributes} integers, -1 for none")
    wrong = np.flatnonzero((image < -1) | (image >= found.n_attributes))
    if wrong.size:
        offence = f"has {image[wrong[0]]} at {wrong[0]}"
        raise InputError("assignment", offence, f"give numbers from -1 to {found.n_attributes - 1}")
    return image.astype(np.int64)
