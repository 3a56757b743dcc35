"""How much of a concept the spelling alone gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from saelib.data.language.nouns import Nouns
from saelib.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_ENDINGS = (2, 3, 4, 5, 6)
# Rules whose counts with all concepts are held as a dense block at a time.
_BLOCK = 4096


def string_baseline(nouns: Nouns, first: NDArray[np.bool_]) -> pd.DataFrame:
    """For each concept the best rule on the spelling alone, chosen on one half, judged on the other.

    A rule is a last word (``"… vein"``) or an ending of 2 to 6 letters (``"-itis"``), among those that occur
    in the first half. Chosen is the one of highest F1 there; among equals the more general: the one that
    holds for more nouns of the first half, then the shorter text, then an ending rather than a last word,
    then the first in alphabetical order.

    With halves split by last word (:func:`noun_halves`) no last word of the first half occurs in the second,
    so only endings can help there; with a random split last words can, and the difference says how much of a
    score is the head word's.

    Parameters
    ----------
    nouns : Nouns
        n nouns.
    first : numpy.ndarray
        bool [n]: the half to choose on; the others are judged on. Neither empty.

    Returns
    -------
    pandas.DataFrame
        One row a concept, in their order.

        - ``concept``: its name.
        - ``rule``: ``"… vein"`` or ``"-itis"``; ``<NA>`` if the concept holds for nothing in the first half.
        - ``chosen_f1``: F1 on the first half (float; ``<NA>`` without a rule).
        - ``fired``, ``size``, ``hits``: in the second half, the nouns the rule holds for (``<NA>`` without a
          rule), the concept's, and those in both (``<NA>`` without a rule).
        - ``f1``, ``jaccard``, ``precision``, ``recall``: on the second half (float); ``<NA>`` without a rule
          and where the denominator is 0: ``precision`` of a rule that never holds, ``recall`` of a concept
          that never does, ``f1`` and ``jaccard`` where neither does.

    Raises
    ------
    InputError
        Something else than nouns, or a mask of another length or type or with an empty half.

    Examples
    --------
    >>> from saelib.sets import ConceptSet
    >>> words = ("arm vein", "leg vein", "leg", "neck vein", "toe")
    >>> concepts = ConceptSet([[1], [1], [0], [1], [0]], names=["vein"])
    >>> nouns = Nouns(words, ("vein", "vein", "leg", "vein", "toe"), np.zeros(5, bool), concepts)
    >>> found = string_baseline(nouns, np.array([True, True, True, False, False]))
    >>> found[["rule", "hits", "f1"]].values.tolist()
    [['-in', 1, 1.0]]
    """
    import pandas as pd

    first = _checked(nouns, first)
    names, lengths, holds = _rules(nouns)
    member = nouns.concepts.membership.astype(np.int32)
    in_first = holds[first]
    support = np.asarray(in_first.sum(axis=0)).ravel()
    known = np.flatnonzero(support)
    # In the order in which ties are broken: the first of the best is then the one to take. "-" < "…".
    known = known[np.lexsort((names[known], lengths[known], -support[known]))]
    sizes = np.asarray(member[first].sum(axis=0)).ravel()
    best, best_f1 = _best_rules(in_first[:, known], support[known], member[first], sizes)
    rule = np.where(sizes > 0, known[best], -1)

    fires, judged = holds[~first][:, np.maximum(rule, 0)], member[~first]
    fired, size = np.asarray(fires.sum(axis=0)).ravel(), np.asarray(judged.sum(axis=0)).ravel()
    hits = np.asarray(fires.multiply(judged).sum(axis=0)).ravel()
    without = rule < 0
    return pd.DataFrame(
        {
            "concept": pd.Series(nouns.concepts.names, dtype="string"),
            "rule": pd.Series(names[rule], dtype="string").mask(without),
            "chosen_f1": pd.Series(best_f1, dtype="Float64").mask(without),
            "fired": pd.Series(fired, dtype="Int64").mask(without),
            "size": pd.Series(size, dtype="Int64"),
            "hits": pd.Series(hits, dtype="Int64").mask(without),
            "f1": _ratio(2 * hits, fired + size, without),
            "jaccard": _ratio(hits, fired + size - hits, without),
            "precision": _ratio(hits, fired, without),
            "recall": _ratio(hits, size, without),
        }
    )


def _ratio(above: NDArray[np.int64], below: NDArray[np.int64], without: NDArray[np.bool_]) -> pd.Series:
    import pandas as pd

    missing = without | (below == 0)
    return pd.Series(above / np.maximum(below, 1), dtype="Float64").mask(missing)


def _checked(nouns: Nouns, first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not isinstance(nouns, Nouns):
        raise InputError("nouns", f"is a {type(nouns).__name__}", "give what noun_data() returns")
    first, n = np.asarray(first), len(nouns.words)
    if first.dtype != bool or first.shape != (n,):
        offence = f"is {first.dtype} {list(first.shape)}"
        raise InputError("first", offence, f"give one bool a noun, [{n}]")
    if first.all() or not first.any():
        raise InputError("first", "leaves one half empty", "put some nouns on either side")
    return first


def _rules(nouns: Nouns) -> tuple[NDArray[np.str_], NDArray[np.int64], sparse.csc_array]:
    """Names of all rules, the lengths of their texts, and where they hold, int32 [n, rules]."""
    words, which = np.unique(nouns.heads, return_inverse=True)
    names = [np.array([f"… {word}" for word in words])]
    lengths = [np.char.str_len(words)]
    columns = [_indicator(which, np.ones(len(which), bool))]
    for letters in _ENDINGS:
        endings, ending = np.unique([f"-{head[-letters:]}" for head in words], return_inverse=True)
        names.append(endings)
        lengths.append(np.full(len(endings), letters))
        # What is shorter than the ending has none of that length.
        columns.append(_indicator(ending[which], (lengths[0] >= letters)[which]))
    return np.concatenate(names), np.concatenate(lengths), sparse.hstack(columns, format="csc")


def _indicator(which: NDArray[np.int64], kept: NDArray[np.bool_]) -> sparse.csc_array:
    rows = np.flatnonzero(kept)
    shape = (len(which), int(which.max()) + 1)
    return sparse.csc_array((np.ones(len(rows), np.int32), (rows, which[rows])), shape=shape)


def _best_rules(
    holds: sparse.csc_array, support: NDArray[np.int64], member: sparse.csr_array, sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each concept the first rule of highest F1, and that F1."""
    best = np.zeros(len(sizes), dtype=np.int64)
    best_f1 = np.full(len(sizes), -1.0)
    columns = np.arange(len(sizes))
    for start in range(0, len(support), _BLOCK):
        stop = start + _BLOCK
        both = (holds[:, start:stop].T @ member).toarray()
        f1 = 2 * both / (support[start:stop, None] + sizes[None, :])
        top = f1.argmax(axis=0)
        better = f1[top, columns] > best_f1
        best[better], best_f1[better] = top[better] + start, f1[top, columns][better]
    return best, best_f1
