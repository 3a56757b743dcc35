"""How well single neurons read concepts: chosen on one half of the nouns, judged on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from saelib.data.language import Nouns
    from saelib.study.settings.nouns import Nouns as Settings

Flags = npt.NDArray[np.bool_]


def f1_of(fires: Flags, inside: Flags) -> float:
    """F1 of a set of points for a concept; 0 if one of them is empty.

    Examples
    --------
    >>> f1_of(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    total = int(fires.sum()) + int(inside.sum())
    return 2 * int((fires & inside).sum()) / total if total else 0.0


def judged(acts: Any, choosing: Flags, nouns: Nouns, settings: Settings) -> pd.DataFrame:
    """For every concept the neuron and threshold that fit it best on one half of the nouns, on the other.

    Parameters
    ----------
    acts : csr_array [n_nouns, d_sae]
        Activations ≥ 0.
    choosing : ndarray of bool [n_nouns]
        The half to choose on; the other one judges.
    nouns : Nouns
        With the concepts.
    settings : Nouns
        Thresholds and tolerances.

    Returns
    -------
    DataFrame
        One row a concept: ``concept`` (its number), ``n_choosing`` and ``n_judging`` (nouns of it in either
        half), ``neuron`` (-1 for none) and ``threshold``; on the judging half ``f1``, ``jaccard``,
        ``recall``, ``precision``, ``leak``; ``detected``, ``separated``, ``approximated``, at the tolerances
        and all of the chosen neuron; ``chosen_f1`` (where it was chosen); ``f1_single``, the F1 on its single
        words (unavailable without one in the concept).

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import Nouns
    >>> nouns = noun_data(limit=400)
    >>> oracle = nouns.concepts.membership.astype(float)            # one neuron a concept
    >>> frame = judged(oracle, noun_halves(nouns, 0), nouns, Nouns())
    >>> frame.f1[:3].tolist()                                       # object, abstraction, living thing
    [1.0, 1.0, 1.0]
    """
    from saelib.alignment import best_with_threshold

    here, there = np.flatnonzero(choosing), np.flatnonzero(~choosing)
    concepts = nouns.concepts
    first, second = concepts.take_points(here), concepts.take_points(there)
    chosen = best_with_threshold(acts[here], first, settings.quantiles)
    found = chosen.scored_on(acts[there], second)
    single = there[nouns.single[there]]
    alone = chosen.scored_on(acts[single], concepts.take_points(single))
    tolerances, leaked = settings.tolerances, found.sizes - found.both
    # Shares of whole numbers against tolerances, with room for the rounding of a decimal fraction.
    leak = leaked / np.maximum(len(there) - found.concept_sizes, 1)
    detected = (found.recall >= 1 - tolerances.delta - 1e-12) & (found.concept_sizes > 0)
    return pd.DataFrame(
        {
            "concept": np.arange(concepts.n_concepts),
            "n_choosing": first.sizes,
            "n_judging": second.sizes,
            "neuron": found.neurons,
            "threshold": found.thresholds,
            "f1": found.f1,
            "jaccard": found.jaccard,
            "recall": found.recall,
            "precision": found.precision,
            "leak": leak,
            "detected": detected,
            "separated": detected & (leak <= tolerances.epsilon + 1e-12),
            "approximated": found.jaccard >= 1 - tolerances.eta - 1e-12,
            "chosen_f1": chosen.f1,
            "f1_single": pd.Series(alone.f1, dtype="Float64").where(alone.concept_sizes > 0),
        }
    )


def permuted(nouns: Nouns, choosing: Flags, seed: int) -> Nouns:
    """The same nouns with labels dealt out anew within each half; what a noun is called stays its own.

    Parameters
    ----------
    nouns : Nouns
        With the concepts.
    choosing : ndarray of bool [n_nouns]
        One half; labels stay in their half, so that every concept is as frequent there as before.
    seed : int
        Of the shuffle, ≥ 0.

    Returns
    -------
    Nouns
        A noun gets all labels of another one: hierarchy and overlaps survive.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> nouns = noun_data(limit=100)
    >>> half = noun_halves(nouns, 0)
    >>> mixed = permuted(nouns, half, seed=0)
    >>> bool((mixed.concepts.take_points(half).sizes == nouns.concepts.take_points(half).sizes).all())
    True
    """
    from dataclasses import replace

    rng = np.random.default_rng(seed)
    order = np.arange(len(choosing))
    for half in (choosing, ~choosing):
        order[half] = rng.permutation(np.flatnonzero(half))
    return replace(nouns, concepts=nouns.concepts.take_points(order))
