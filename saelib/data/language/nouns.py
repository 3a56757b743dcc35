"""English nouns of one meaning with the nested concepts WordNet files them under."""

from __future__ import annotations

import csv
import functools
import gzip
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from saelib.data.language.pinned import Pinned
from saelib.errors import InputError
from saelib.sets import ConceptSet

_MEND = "install saelib again"
_FOLDER = Path(__file__).with_name("wordnet_nouns")
_NOUNS = Pinned("nouns.csv.gz", 442_907, "0ba3a395527e738ba969b8d7b9f12bf73ea4134cff99e6c95e1bd26e9971bf2f")
_CONCEPTS = Pinned("concepts.csv", 13_916, "d8b304a5f48a2ba295f18c20938614544f437e929e90828df3c3b9537e20e301")


@dataclass(frozen=True)
class Nouns:
    """Nouns with their concepts.

    Attributes
    ----------
    words : tuple of str
        The n nouns, in alphabetical order, of one to three words with spaces between.
    heads : tuple of str
        The last word of each: what a *facial vein* is a kind of.
    single : numpy.ndarray
        bool [n], whether the noun is a single word. The others give much of their meaning away in their
        spelling, so results are reported for single words too.
    concepts : ConceptSet
        415 concepts over the n nouns, largest first (by all nouns), with parents.

    Examples
    --------
    >>> noun_data(limit=3).words
    ('bleb', 'toxic shock syndrome', 'werewolf')
    """

    words: tuple[str, ...]
    heads: tuple[str, ...]
    single: NDArray[np.bool_]
    concepts: ConceptSet


def noun_data(limit: int | None = None) -> Nouns:
    """38,646 English nouns with the 415 concepts of WordNet 3.0 that hold for at least 60 of them.

    Kept are nouns with one sense, no names and nothing rare. A concept is a hypernym, its parent the nearest
    hypernym kept (Miller 1995). WordNet has several senses of some names: these are told apart by the
    parent, as in ``"food (solid)"``, and by the number of their synset where the parent is the same. The
    licence lies beside the data.

    Parameters
    ----------
    limit : int, optional
        Take only so many nouns: a sample that depends on nothing but the number, and that contains every
        smaller one. All 415 concepts stay, so that some hold for few of them or none.

    Returns
    -------
    Nouns
        In alphabetical order, with or without a limit.

    Raises
    ------
    InputError
        A limit that is no number from 1 to 38,646; data files other than those published with saelib.

    Examples
    --------
    >>> nouns = noun_data()
    >>> len(nouns.words), nouns.concepts.n_concepts, int(nouns.single.sum())
    (38646, 415, 15708)
    >>> nouns.words[nouns.concepts["vein"][0]]
    'accessory vertebral vein'
    """
    every, held = _noun_table()
    with _CONCEPTS.found_in(_FOLDER, "the nouns", _MEND).open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    chosen = np.sort(sampling_order(every)[: checked_limit(limit, len(every))])
    words = tuple(every[i] for i in chosen)
    numbers = [held[i].split() for i in chosen]
    ends = np.cumsum([0, *map(len, numbers)])
    columns = np.concatenate(numbers).astype(np.int64)
    membership = sparse.csr_array(
        (np.ones(len(columns), bool), columns, ends), shape=(len(words), len(table))
    )
    parents = [int(row["parent"] or -1) for row in table]
    heads = tuple(word.rpartition(" ")[2] for word in words)
    single = np.array([" " not in word for word in words])
    single.flags.writeable = False
    return Nouns(words, heads, single, ConceptSet(membership, _unique_names(table), parents))


def noun_words() -> tuple[str, ...]:
    """The nouns of :func:`noun_data`, without their concepts.

    Returns
    -------
    tuple of str
        38,646 different ones, in alphabetical order.

    Raises
    ------
    InputError
        If the data file is not the one published with saelib.

    Examples
    --------
    >>> noun_words()[0]
    'aardvark'
    """
    return _noun_table()[0]


def noun_halves(nouns: Nouns, seed: int) -> NDArray[np.bool_]:
    """Split nouns in two by their last word, so that neither half tells the other what its words mean.

    With *facial vein* on one side and *renal vein* on the other, whoever knows the first by its spelling
    knows the second. Here all nouns with the same last word fall in the same half.

    Parameters
    ----------
    nouns : Nouns
        At least two different last words.
    seed : int
        Of the order in which last words are dealt out, ≥ 0.

    Returns
    -------
    numpy.ndarray
        bool [n]: the half to choose on (True) and the half to judge on. They differ in size by at most the
        number of nouns of the commonest last word.

    Raises
    ------
    InputError
        Something else than nouns, a single last word, a seed out of range.

    Examples
    --------
    >>> nouns = noun_data()
    >>> half = noun_halves(nouns, seed=0)
    >>> {nouns.heads[i] for i in half.nonzero()[0]} & {nouns.heads[i] for i in (~half).nonzero()[0]}
    set()
    >>> abs(int(half.sum()) - int((~half).sum())) < 500
    True
    """
    if not isinstance(nouns, Nouns):
        raise InputError("nouns", f"is a {type(nouns).__name__}", "give what noun_data() returns")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", f"is {seed!r}", "give an integer >= 0")
    heads, which, counts = np.unique(nouns.heads, return_inverse=True, return_counts=True)
    if len(heads) < 2:
        raise InputError("nouns", "all end in the same word", "give nouns with two different last words")
    order = np.random.default_rng(int(seed)).permutation(len(heads))
    before = np.cumsum(counts[order]) - counts[order]
    in_first = np.empty(len(heads), dtype=bool)
    # By the middle of each block: at least one last word is on either side.
    in_first[order] = before + counts[order] / 2 < len(which) / 2
    if in_first.all() or not in_first.any():
        in_first[order[0]] = not in_first[order[-1]]
    return in_first[which]


@functools.cache
def _noun_table() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every noun, and the numbers of its concepts with spaces between."""
    path = _NOUNS.found_in(_FOLDER, "the nouns", _MEND)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)  # the header
        words, _, concepts = zip(*rows, strict=True)
    return words, concepts


def checked_limit(limit: int | None, total: int) -> int:
    """How many nouns are meant.

    Parameters
    ----------
    limit : int or None
        None means all.
    total : int
        How many there are.

    Returns
    -------
    int
        From 1 to ``total``.

    Raises
    ------
    InputError
        If the limit is no such number.

    Examples
    --------
    >>> checked_limit(None, 5), checked_limit(2, 5)
    (5, 2)
    """
    if limit is None:
        return total
    if isinstance(limit, bool) or not isinstance(limit, int | np.integer) or not 1 <= limit <= total:
        raise InputError("limit", f"is {limit!r}", f"give a number of nouns from 1 to {total}, or None")
    return int(limit)


def sampling_order(words: Sequence[str]) -> NDArray[np.int64]:
    """An order of words that looks random and depends on each word alone: that of their SHA-256.

    Samples are beginnings of it, so that a smaller one lies in every larger one, on every machine.

    Parameters
    ----------
    words : sequence of str
        Different from one another.

    Returns
    -------
    numpy.ndarray
        int64, positions in ``words``.

    Examples
    --------
    >>> sampling_order(["a", "b", "c"])
    array([2, 1, 0])
    """
    digests = [hashlib.sha256(word.encode()).digest() for word in words]
    return np.array(sorted(range(len(words)), key=digests.__getitem__), dtype=np.int64)


def _unique_names(table: list[dict[str, str]]) -> list[str]:
    """Names, with the parent's in brackets where a name is not the only one, then the synset's number."""
    plain = Counter(row["name"] for row in table)
    labels = [
        f"{row['name']} ({table[int(row['parent'])]['name']})"
        if plain[row["name"]] > 1 and row["parent"]
        else row["name"]
        for row in table
    ]
    repeated = Counter(labels)
    return [
        f"{label[:-1]}, {row['wordnet_offset']})" if repeated[label] > 1 else label
        for label, row in zip(labels, table, strict=True)
    ]
