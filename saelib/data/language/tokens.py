"""Word pieces of running text with concepts that can be computed exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.language.token_concepts import context_concepts, token_concepts, word_concepts
from saelib.data.language.token_pieces import WINDOW, pieces, vocabulary
from saelib.errors import InputError
from saelib.sets import ConceptSet


@dataclass(frozen=True)
class Tokens:
    """Word pieces in their windows, with concepts.

    Attributes
    ----------
    ids : numpy.ndarray
        int32 [n], the pieces' numbers in the network's vocabulary; every 126 are a window.
    strings : tuple of str
        What each spells, lower case; ``##`` before a piece that continues a word.
    windows, chapters : numpy.ndarray
        int32 [n] and int16 [n], numbers of the window and of the chapter; no window is in two chapters.
    concepts : ConceptSet
        Over the n pieces, with parents.
    kinds : tuple of str
        By concept, what decides it: "token" (the piece alone), "word" (the word that it is in) or "context".

    Examples
    --------
    >>> token_data(limit=1000).kinds[0]  # doctest: +SKIP
    'token'
    """

    ids: NDArray[np.int32]
    strings: tuple[str, ...]
    windows: NDArray[np.int32]
    chapters: NDArray[np.int16]
    concepts: ConceptSet
    kinds: tuple[str, ...]


def token_data(limit: int | None = None) -> Tokens:
    """307,944 word pieces of three novels with 129 concepts that can be computed exactly.

    Windows of 126 pieces as MiniLM-L6 reads them, from *Persuasion*, *The Adventures of Sherlock Holmes* and
    *The War of the Worlds*. The network reads lower case only.

    Parameters
    ----------
    limit : int, optional
        At most so many pieces, at least 252: whole windows, evenly spaced over the text. The concepts are
        the same, though some may then hold for nothing.

    Returns
    -------
    Tokens

    Raises
    ------
    InputError
        If the network's tokenizer is not installed or the limit is no such number.

    Examples
    --------
    >>> token_data(limit=1000).ids.shape  # doctest: +SKIP
    (882,)
    """
    rows = chosen_rows(limit)
    found, known = pieces().take(rows), vocabulary()
    concepts = [*token_concepts(found, known), *word_concepts(found), *context_concepts(found)]
    return Tokens(
        ids=found.ids,
        strings=tuple(known[i] for i in found.ids),
        windows=found.window,
        chapters=found.chapter,
        concepts=ConceptSet(
            np.stack([one.holds for one in concepts], axis=1),
            [one.name for one in concepts],
            [one.parent for one in concepts],
        ),
        kinds=tuple(one.kind for one in concepts),
    )


def chosen_rows(limit: int | None) -> NDArray[np.int64]:
    """Which pieces of the whole text a limit leaves.

    Parameters
    ----------
    limit : int or None
        As in `token_data`.

    Returns
    -------
    numpy.ndarray
        int64, ascending, whole windows.

    Raises
    ------
    InputError
        If the limit is no integer of at least two windows, or the tokenizer is not installed.

    Examples
    --------
    >>> chosen_rows(True)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: limit is True: give an integer of at least 252, or leave it out
    """
    if limit is not None and (
        isinstance(limit, bool) or not isinstance(limit, int | np.integer) or limit < 2 * WINDOW
    ):
        mend = f"give an integer of at least {2 * WINDOW}, or leave it out"
        raise InputError("limit", f"is {limit!r}", mend)
    n_windows = int(pieces().window[-1]) + 1
    wanted = n_windows if limit is None else min(n_windows, int(limit) // WINDOW)
    windows = np.arange(wanted) * n_windows // wanted
    return (windows[:, None] * WINDOW + np.arange(WINDOW)).ravel()


def token_halves(tokens: Tokens, seed: int) -> NDArray[np.bool_]:
    """Split the pieces in two by chapter, so that no window and no scene is in both halves.

    Parameters
    ----------
    tokens : Tokens
        From `token_data`.
    seed : int
        Of the split, ≥ 0.

    Returns
    -------
    numpy.ndarray
        bool [n], True in the first half: half of the chapters, drawn at random.

    Raises
    ------
    InputError
        If the pieces are of fewer than two chapters, or the seed is no such number.

    Examples
    --------
    >>> chapters, human = np.array([0, 0, 1, 1]), ConceptSet(np.ones((4, 1)))
    >>> tokens = Tokens(np.zeros(4), (), np.arange(4), chapters, human, ())
    >>> sorted(token_halves(tokens, seed=0).tolist())
    [False, False, True, True]
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", f"is {seed!r}", "give an integer >= 0")
    chapters = np.unique(tokens.chapters)
    if len(chapters) < 2:
        raise InputError("tokens", "are of one chapter only", "give more windows")
    drawn = np.random.default_rng(int(seed)).permutation(chapters)[: len(chapters) // 2]
    return np.isin(tokens.chapters, drawn)
