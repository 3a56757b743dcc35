"""The layered drawing: lines lead down, nodes keep their distance, crossings are counted right."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import InputError
from saelib.lattice.layering import layered_layout


@st.composite
def orders(draw):
    n = draw(st.integers(1, 9))
    pairs = [pair for pair in combinations(range(n), 2) if draw(st.booleans()) and draw(st.booleans())]
    return n, pairs


def crossings_by_hand(routes):
    """Segments between the same two layers whose ends are in opposite order."""
    segments = {(*map(float, a), *map(float, b)) for r in routes for a, b in pairwise(r)}
    return sum(
        p[1] == q[1] and (p[0] - q[0]) * (p[2] - q[2]) < -1e-12 for p, q in combinations(sorted(segments), 2)
    )


@settings(max_examples=60)
@given(orders())
def test_lines_lead_down_one_layer_at_a_time_and_end_at_their_nodes(order):
    n, pairs = order
    layout = layered_layout(n, pairs)
    for (upper, lower), route in zip(pairs, layout.routes, strict=True):
        assert route[0].tolist() == [layout.x[upper], layout.layer[upper]]
        assert route[-1].tolist() == [layout.x[lower], layout.layer[lower]]
        assert (np.diff(route[:, 1]) == 1).all()


@settings(max_examples=60)
@given(orders())
def test_the_number_of_crossings_is_that_of_the_drawing(order):
    n, pairs = order
    layout = layered_layout(n, pairs)
    assert layout.crossings == crossings_by_hand(layout.routes)


@settings(max_examples=60)
@given(orders())
def test_nodes_of_a_layer_keep_their_distance(order):
    layout = layered_layout(*order)
    for depth in np.unique(layout.layer):
        assert (np.diff(np.sort(layout.x[layout.layer == depth])) >= 1 - 1e-9).all()


def contranominal(n):
    subsets = sorted(range(2**n), key=lambda s: (-s.bit_count(), s))
    at = {s: i for i, s in enumerate(subsets)}
    return 2**n, [[at[s], at[s & ~(1 << b)]] for s in subsets for b in range(n) if s >> b & 1]


def test_a_chain_is_a_straight_line_and_the_square_has_no_crossing():
    chain = layered_layout(4, [[0, 1], [1, 2], [2, 3]])
    assert chain.x.tolist() == [0.0] * 4
    assert chain.crossings == layered_layout(*contranominal(2)).crossings == 0


def test_the_cube_is_drawn_with_the_fewest_crossings():
    # Its two middle layers form a cycle of 6, and a cycle of 2k in two rows has k - 1 crossings at least.
    assert layered_layout(*contranominal(3)).crossings == 2


def test_the_longest_way_decides_the_layer():
    assert layered_layout(4, [[0, 1], [1, 2], [0, 2], [2, 3]]).layer.tolist() == [0, 1, 2, 3]


def test_one_node_and_no_lines():
    layout = layered_layout(1, [])
    assert (layout.x.tolist(), layout.layer.tolist(), layout.routes) == ([0.0], [0], ())


@pytest.mark.parametrize(
    ("n", "covers", "message"),
    [
        (0, [], r"^n is 0"),
        (True, [], r"^n is True"),
        (2, [[0, 2]], r"^covers names 0 to 2"),
        (2, [[0, -1]], r"^covers names -1 to 0"),
        (2, [[0, 1], [1, 0]], r"^covers goes round in a circle"),
        (2, [[0.5, 1]], r"^covers has shape"),
        (2, [0, 1], r"^covers has shape"),
    ],
)
def test_what_is_no_order_is_refused(n, covers, message):
    with pytest.raises(InputError, match=message):
        layered_layout(n, covers)
