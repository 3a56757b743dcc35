"""SAEBench's measure of absorption on a few edges of the nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.sae import SAE
    from saelib.sets import ConceptSet
    from saelib.study.sweeps.nouns_halves import TwoHalves


def published(
    sae: SAE,
    dictionary: TwoHalves,
    points: tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]],
    probes: dict[str, Any],
    edges: pd.DataFrame,
) -> pd.DataFrame:
    """SAEBench's measure on a few edges, the parent's best neuron being its split set.

    Parameters
    ----------
    sae : SAE
        The dictionary.
    dictionary : TwoHalves
        Its halves.
    points : pair of ndarray
        Of the choosing and of the judging half.
    probes : dict of str to ConceptProbe
        By the parent's name.
    edges : DataFrame
        ``parent``, ``child``, ``parent_neuron`` of the edges asked.

    Returns
    -------
    DataFrame
        One row an edge: ``parent``, ``child``, ``n``, ``fraction``, ``full``.

    Examples
    --------
    >>> published(None, None, (None, None), {}, pd.DataFrame({"parent": []})).columns.tolist()
    ['parent', 'child', 'n', 'fraction', 'full']
    """
    from saelib.phenomena import published_absorption

    rows = []
    columns = ("parent", "child", "parent_neuron") if len(edges) else ()
    for parent, child, neuron in zip(*(edges[name].tolist() for name in columns), strict=True):
        at = dictionary.judged.concepts.extent(child)
        at = at[probes[parent].finds(points[1][at])] if at.size else at
        row: dict[str, Any] = {"parent": parent, "child": child, "n": len(at)}
        row |= {"fraction": pd.NA, "full": pd.NA}
        if len(at) and neuron >= 0:
            W, of = sae.W_dec.detach().numpy(), probes[parent].direction
            found = published_absorption(points[1][at], dictionary.acts[1][at], W, of, [neuron])
            row |= {"fraction": found.fraction.mean(), "full": found.full.mean()}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["parent", "child", "n", "fraction", "full"])
    return frame.astype({"fraction": "Float64", "full": "Float64"})


def probes_for(
    names: list[str], points: npt.NDArray[np.floating], concepts: ConceptSet, most: int, seed: int
) -> dict[str, Any]:
    """SAEBench's logistic probes for some concepts, each fitted to a sample of both sides.

    Parameters
    ----------
    names : list of str
        Concepts with and without points here.
    points : ndarray [n, d_in]
        Of the choosing half.
    concepts : ConceptSet
        Over them.
    most : int
        Points of each side, at most.
    seed : int
        Of the sample, ≥ 0.

    Returns
    -------
    dict of str to ConceptProbe
        By name.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> x = np.array([[0.0], [0.1], [1.0], [1.1]], dtype=np.float32)
    >>> probe = probes_for(["big"], x, ConceptSet([[0], [0], [1], [1]], names=["big"]), 2, 0)["big"]
    >>> probe.finds(x).tolist()
    [False, False, True, True]
    """
    from saelib.phenomena import concept_probe

    rng = np.random.default_rng(seed)
    found = {}
    for name in names:
        inside = np.zeros(len(points), dtype=np.bool_)
        inside[concepts.extent(name)] = True
        sides = [np.flatnonzero(side) for side in (inside, ~inside)]
        few = np.concatenate([rng.permutation(side)[:most] for side in sides])
        found[name] = concept_probe(points[few], inside[few])
    return found
