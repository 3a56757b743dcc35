"""Handwritten digits with human concepts: the first real input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError
from saelib.sets import ConceptSet

#: Name of each concept, the digits it holds for, and the concept it is a special case of.
CONCEPTS: tuple[tuple[str, tuple[int, ...], str | None], ...] = (
    ("even", (0, 2, 4, 6, 8), None),
    ("odd", (1, 3, 5, 7, 9), None),
    ("loop", (0, 6, 8, 9), None),
    ("straight strokes", (1, 4, 7), None),
    ("prime", (2, 3, 5, 7), None),
    ("below five", (0, 1, 2, 3, 4), None),
    ("loop on top", (8, 9), "loop"),
    ("loop at the bottom", (6, 8), "loop"),
    ("odd prime", (3, 5, 7), "prime"),
    *((f"digit {d}", (d,), "odd" if d % 2 else "even") for d in range(10)),
)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, split in two, with their concepts.

    Attributes
    ----------
    train_points, test_points : numpy.ndarray
        float32 [n, 64], grey values row by row from 0 (paper) to 1 (ink); not centred.
    train_concepts, test_concepts : ConceptSet
        19 concepts over them, the same for both, with parents.
    train_images, test_images : numpy.ndarray
        The points as pictures, float32 [n, 8, 8].
    train_labels, test_labels : numpy.ndarray
        The digit, int64 [n].
    definitions : dict of str to tuple of int
        The digits each concept holds for.
    containment : numpy.ndarray
        bool [19, 19]; [i, j] says concept i is properly inside concept j by definition. A forest gives each
        concept one parent (a digit's is its parity); this has all of them (8 is also inside *loop*, and in
        both its kinds).
    synonyms : dict of str to str
        Words for a set that already has a name: *two loops* is *digit 8*. A concept is its set, so they are
        not listed twice.
    """

    train_points: NDArray[np.float32]
    train_concepts: ConceptSet
    test_points: NDArray[np.float32]
    test_concepts: ConceptSet
    train_images: NDArray[np.float32]
    test_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test_labels: NDArray[np.int64]
    definitions: dict[str, tuple[int, ...]]
    containment: NDArray[np.bool_]
    synonyms: dict[str, str]


def digits(seed: int = 0, test_size: float = 0.25) -> Digits:
    """Load scikit-learn's bundled 1,797 handwritten digits with human concepts, split evenly by digit.

    The pictures are 8 × 8 with 17 grey levels, from the test part of the UCI optical digits (Alpaydin &
    Kaynak 1998); nothing is downloaded.

    Parameters
    ----------
    seed : int, default 0
        Of the split, ≥ 0.
    test_size : float, default 0.25
        Share of the pictures held out, in (0, 1), large enough that both parts have every digit.

    Returns
    -------
    Digits
        Points in [0, 1] (grey level / 16), concepts, pictures.

    Raises
    ------
    InputError
        A seed or share out of range.

    Examples
    --------
    >>> data = digits(seed=0)
    >>> data.train_points.shape, data.test_points.shape, data.train_concepts.n_concepts
    ((1347, 64), (450, 64), 19)
    >>> data.definitions["loop"]
    (0, 6, 8, 9)
    """
    # Imported here because it takes a second that the synthetic worlds need not wait for.
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", f"is {seed!r}", "give an integer >= 0")
    if isinstance(test_size, bool) or not isinstance(test_size, float) or not 0 < test_size < 1:
        raise InputError("test_size", f"is {test_size!r}", "give a share between 0 and 1")
    bunch = load_digits()
    if min(test_size, 1 - test_size) * len(bunch.target) < 10:
        raise InputError("test_size", f"is {test_size}", "leave at least ten pictures on each side")
    images = (bunch.images / 16).astype(np.float32)
    labels = bunch.target.astype(np.int64)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=test_size, random_state=int(seed), stratify=labels
    )
    table = np.array([[d in held for _, held, _ in CONCEPTS] for d in range(10)])
    sizes = table.sum(axis=0)
    inside = (table.astype(int).T @ table.astype(int) == sizes[:, None]) & (sizes[:, None] < sizes)

    def concepts(rows: NDArray[np.int64]) -> ConceptSet:
        return ConceptSet(
            table[labels[rows]], [name for name, _, _ in CONCEPTS], [up for _, _, up in CONCEPTS]
        )

    return Digits(
        train_points=images[train].reshape(len(train), -1),
        train_concepts=concepts(train),
        test_points=images[test].reshape(len(test), -1),
        test_concepts=concepts(test),
        train_images=images[train],
        test_images=images[test],
        train_labels=labels[train],
        test_labels=labels[test],
        definitions={name: held for name, held, _ in CONCEPTS},
        containment=inside,
        synonyms={"two loops": "digit 8", "even prime": "digit 2"},
    )
