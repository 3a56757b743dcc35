"""NextClosure, compiled: the sets that a base of implications is made of (Ganter & Wille 1999, section 2.3).

Sets of attributes are bits of a number, attribute i the bit 2^i, and are met in lectic order: of two sets
that one comes later which has the smallest attribute in which they differ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.lattice.compiled import compiled, grown

Bits = npt.NDArray[np.uint64]

_NONE, _ONE = np.uint64(0), np.uint64(1)


@compiled
def _respecting(start: np.uint64, premises: Bits, closures: Bits) -> tuple[np.uint64, int]:
    """Smallest set that contains the start and respects the implications, and how many were looked at."""
    result, looks = start, 0
    changed = True
    while changed:
        changed = False
        looks += len(premises)
        for i in range(len(premises)):
            if premises[i] & ~result == _NONE and closures[i] & ~result != _NONE:
                result |= closures[i]
                changed = True
    return result, looks


@compiled
def pseudo_intents(rows: Bits, n_attributes: int, max_work: int) -> tuple[Bits, Bits, bool]:
    """Find all pseudo-intents and their closures, in lectic order, and say whether these are all.

    ``rows`` are the attributes of each object. The sets that respect the implications of all smaller
    pseudo-intents are just the intents and the pseudo-intents, and are visited one by one, until so many
    rows and implications were looked at.
    """
    whole = (_ONE << np.uint64(n_attributes)) - _ONE
    premises, closures = np.empty(64, np.uint64), np.empty(64, np.uint64)
    found, work, current = 0, 0, _NONE
    while work < max_work:
        work += len(rows) + 1
        closure = whole
        for row in rows:
            if current & ~row == _NONE:
                closure &= row
        if closure != current:
            premises, closures = grown(premises, found + 1), grown(closures, found + 1)
            premises[found], closures[found] = current, closure
            found += 1
        if current == whole:
            return premises[:found], closures[:found], True
        for i in range(n_attributes - 1, -1, -1):
            bit = _ONE << np.uint64(i)
            if current & bit:
                continue
            # Lectically next is what differs first in the last attribute it can: nothing new before it.
            before = bit - _ONE
            following, looks = _respecting((current & before) | bit, premises[:found], closures[:found])
            work += looks
            if following & before & ~current == _NONE:
                current = following
                break
    return premises[:found], closures[:found], False
