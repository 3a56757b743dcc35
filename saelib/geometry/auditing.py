"""Of every concept: what geometry allows, what the dictionary does, and whose fault the difference is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.enclosing import checked_points, limits
from saelib.sets import ActivationSets, ConceptSet

if TYPE_CHECKING:
    from saelib.sae import SAE

__all__ = ["audit"]


def audit(
    sae: SAE | ActivationSets,
    points: npt.ArrayLike,
    concepts: ConceptSet,
    *,
    found: pd.DataFrame | None = None,
    **options: Any,
) -> pd.DataFrame:
    r"""Ask of every concept whether geometry or training is at fault.

    What one neuron could do at best on these points is enclosed by :func:`~saelib.geometry.limits`; what
    the dictionary's best neuron does is compared with that. The enclosure holds for every ReLU, JumpReLU or
    Gated neuron of any dictionary; a neuron that competes (Top-K) is no half-space and may do better (T6d).

    Parameters
    ----------
    sae : SAE or ActivationSets
        The dictionary, or its activation sets on these very points.
    points : array_like [n_points, d_in]
        What it reads.
    concepts : ConceptSet
        Over the same points.
    found : pandas.DataFrame, optional
        What :func:`~saelib.geometry.limits` said of these points and concepts, to audit several dictionaries
        at the price of one.
    **options
        Passed to :func:`~saelib.geometry.limits` if ``found`` is not given.

    Returns
    -------
    pandas.DataFrame
        One row a concept, the columns of :func:`~saelib.geometry.limits` and:

        - ``neuron``: the dictionary's neuron with the fewest errors (of several the one with the largest
          Jaccard index); ``missed``, ``leaked``, ``errors``, ``jaccard``: what it does. Silence makes
          ``n_inside`` errors, so a dead neuron is the best one where all others do worse.
        - ``unavoidable``: min(errors, at_least); ``avoidable``: what it makes beyond ``at_most``; ``open``:
          the rest, which is not attributed. They add up to ``errors``.
        - ``fault``: the largest of the three, *geometry*, *training* or *open* (in this order if equal);
          *none* without errors.

    Raises
    ------
    InputError
        If points, concepts, activation sets and ``found`` do not fit one another, or a number is not finite.

    Examples
    --------
    Three clusters in a line; the neuron for the right one is found, none can be for the middle:

    >>> from saelib import ActivationSets, ConceptSet
    >>> points = [[-2.0], [-1.9], [0.0], [0.1], [2.0], [2.1]]
    >>> held = [[0, 0], [0, 0], [0, 1], [0, 1], [1, 0], [1, 0]]
    >>> fires = [[0], [0], [0], [0], [1], [1]]
    >>> result = audit(ActivationSets(fires), points, ConceptSet(held, names=["right", "middle"]), jobs=1)
    >>> result[["concept", "one_neuron", "at_least", "at_most", "errors", "fault"]].to_numpy().tolist()
    [['right', 'yes', 0, 0, 0, 'none'], ['middle', 'no', 2, 2, 4, 'geometry']]
    """
    x = checked_points(points, concepts)
    activations = sae if isinstance(sae, ActivationSets) else ActivationSets.from_sae(sae, x, progress=False)
    if activations.n_points != len(x):
        offence = f"covers {activations.n_points} points of {len(x)}"
        raise InputError("sae", offence, "give activation sets on the same points")
    if not activations.d_sae:
        raise InputError("sae", "has no neurons", "give at least one neuron")
    if found is None:
        found = limits(x, concepts, **options)
    elif options:
        raise InputError(next(iter(options)), "is given beside found", "leave one of them out")
    elif list(found.concept) != list(concepts.names):
        raise InputError("found", "is of other concepts", "give what limits said of these")
    elif (found.n_inside != concepts.sizes).any() or (found.n_inside + found.n_outside != len(x)).any():
        raise InputError("found", "is of other points", "give what limits said of these")
    return _with_neurons(found.copy(), activations, concepts)


def _with_neurons(frame: pd.DataFrame, activations: ActivationSets, concepts: ConceptSet) -> pd.DataFrame:
    both = (activations.membership.astype(np.int64).T @ concepts.membership.astype(np.int64)).toarray()
    missed, leaked = concepts.sizes[None, :] - both, activations.sizes[:, None] - both
    errors, union = missed + leaked, concepts.sizes[None, :] + leaked
    jaccard = np.divide(both, union, out=np.ones(both.shape), where=union > 0)
    best = np.lexsort((-jaccard, errors), axis=0)[0]
    at = (best, np.arange(len(best)))
    frame["neuron"], frame["missed"], frame["leaked"] = best, missed[at], leaked[at]
    frame["errors"], frame["jaccard"] = errors[at], jaccard[at]
    least, most = (frame[name].to_numpy(np.int64) for name in ("at_least", "at_most"))
    frame["unavoidable"] = np.minimum(errors[at], least)
    frame["avoidable"] = np.maximum(errors[at] - most, 0)
    frame["open"] = frame.errors - frame.unavoidable - frame.avoidable
    parts = frame[["unavoidable", "avoidable", "open"]].to_numpy()
    fault = np.array(["geometry", "training", "open"], dtype=object)[parts.argmax(axis=1)]
    frame["fault"] = np.where(frame.errors == 0, "none", fault)
    return frame
