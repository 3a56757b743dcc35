"""T5a: how many activation patterns a dictionary can have at all."""

from __future__ import annotations

from saelib.geometry.bounds.checked import checked_whole

__all__ = ["pattern_ceiling"]


def pattern_ceiling(n_neurons: int, d_in: int) -> int:
    """Most activation patterns that d neurons which decide alone can have on R^n (T5a): Σ_{i≤n} C(d, i).

    A pattern is the set of active neurons of some point. The bound counts patterns of *all* points, those
    on a hyperplane included, and holds for any weights, silent neurons and equal neurons included. It is
    attained by hyperplanes in general position, and it is 2^d as long as d ≤ n.

    Parameters
    ----------
    n_neurons : int
        d, from 0 up.
    d_in : int
        n, from 0 up.

    Returns
    -------
    int
        Exact, of any size.

    Raises
    ------
    InputError
        If a number is no integer from 0 up.

    References
    ----------
    Zaslavsky, T. (1975). *Facing Up to Arrangements: Face-Count Formulas for Partitions of Space by
    Hyperplanes*. Memoirs of the American Mathematical Society 154.

    Examples
    --------
    Three lines cut the plane into 7 parts, not 8; three planes cut space into 8.

    >>> pattern_ceiling(3, 2), pattern_ceiling(3, 3)
    (7, 8)
    """
    d, n = checked_whole("n_neurons", n_neurons, 0), checked_whole("d_in", d_in, 0)
    if n >= d:
        return 1 << d
    total = term = 1
    for i in range(n):
        term = term * (d - i) // (i + 1)  # C(d, i + 1)
        total += term
    return total
