"""Formal concepts against brute force, reference tables, and each kernel against the other."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import InputError
from saelib.lattice import Context, FormalConcepts, formal_concepts

KERNELS = ("numba", "numpy")

# Objects by attributes: Ganter & Wille's "Living beings and water"; the segments of digits on a display; the
# bodies of water of a lexical field; the women who met at fourteen events (Davis, Gardner & Gardner 1941).
LIVING_BEINGS = "XX....X.. XX....XX. XXX...XX. X.X...XXX XX.X.X... XXXX.X... X.XXX.... X.XX.X..."
DIGITS = "X.XXXXX .....XX XXX.XX. XXX..XX .X.X.XX XXXX..X .XXXX.X X....XX XXXXXXX XX.X.XX"
BODIES_OF_WATER = (
    "X..X. X..X. .XXXX .XXX. .XXX. .XX.. .XXX. .XXX. ..XX. XX.X. XX.X. XX.X. .XXXX XX.X. .XXX. XX.X. XX.X."
)

SOUTHERN_WOMEN = (
    "XXXXXX.XX..... XXX.XXXX...... .XXXXXXXX..... X.XXXXXX...... ..XXX.X....... ..X.XX.X...... "
    "....XXXX...... .....X.XX..... ....X.XXX..... ......XXX..X.. .......XXX.X.. .......XXX.XXX "
    "......XXXX.XXX .....XX.XXXXXX ......XX.XXX.. .......XX..... ........X.X... ........X.X..."
)


def table(crosses: str) -> np.ndarray:
    return np.array([[cross == "X" for cross in row] for row in crosses.split()])


def intents(found: FormalConcepts) -> list[tuple[int, ...]]:
    return [tuple(found.intent(i).tolist()) for i in range(len(found))]


def brute_force(incidence: np.ndarray) -> dict[tuple[int, ...], tuple[int, int, float]]:
    """By intent: support, Δ and σ, from all subsets of objects and the definitions alone."""
    n, d = incidence.shape
    rows = [sum(1 << int(j) for j in np.flatnonzero(row)) for row in incidence]
    all_attributes = (1 << d) - 1
    subsets_with: dict[int, int] = {}
    for chosen in range(1 << n):
        common = all_attributes
        for g in range(n):
            if chosen >> g & 1:
                common &= rows[g]
        subsets_with[common] = subsets_with.get(common, 0) + 1
    extents = {b: sum(1 << g for g in range(n) if rows[g] & b == b) for b in subsets_with}
    found = {}
    for intent, count in subsets_with.items():
        extent = extents[intent]
        size = extent.bit_count()
        below = [e.bit_count() for e in extents.values() if e & extent == e and e != extent]
        delta = size - max(below) if below else size
        found[tuple(j for j in range(d) if intent >> j & 1)] = (size, delta, count / 2**size)
    return found


def covers_of(sets: list[set[int]]) -> list[list[int]]:
    """Pairs (upper, lower) with the smaller set first and none in between."""
    n = len(sets)
    order = np.array([[one < two for two in sets] for one in sets], dtype=int).reshape(n, n)
    return np.argwhere((order == 1) & (order @ order == 0)).tolist()


@cache
def random_lattices() -> list[tuple[np.ndarray, dict[tuple[int, ...], tuple[int, int, float]]]]:
    rng = np.random.default_rng(5)
    shapes = [(0, 0), (0, 3), (3, 0), (1, 1), (4, 4), *rng.integers(0, 7, (1_000, 2)).tolist()]
    tables = [rng.random(shape) < rng.choice([0.2, 0.4, 0.6, 0.8, 0.95]) for shape in shapes]
    tables += [np.zeros((4, 4), dtype=bool), np.ones((4, 4), dtype=bool)]
    return [(incidence, brute_force(incidence)) for incidence in tables]


# --- reference values ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("crosses", "counts", "covers"),
    [
        (LIVING_BEINGS, {0: 19, 1: 18, 2: 14, 3: 9}, 32),
        (DIGITS, {0: 48}, 120),
        (BODIES_OF_WATER, {0: 12}, 18),
        (SOUTHERN_WOMEN, {0: 65}, 148),
    ],
    ids=["living beings", "digits", "bodies of water", "southern women"],
)
def test_reference_contexts(kernel: str, crosses: str, counts: dict[int, int], covers: int) -> None:
    context = Context(table(crosses))
    for min_support, expected in counts.items():
        assert len(formal_concepts(context, min_support, kernel=kernel)) == expected
    whole = formal_concepts(context, 0, kernel=kernel)
    assert len(whole.covers()) == covers
    # Every set of objects has the intent of one concept.
    assert whole.stability() @ 2.0**whole.support == 2**context.n_objects


def test_steadiness_of_the_living_beings() -> None:
    found = formal_concepts(Context(table(LIVING_BEINGS)), 0)
    assert found.delta.sum() == 22
    assert found.stability().sum() == 8.84375


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 10])
def test_contranominal_scales_have_every_set(kernel: str, n: int) -> None:
    found = formal_concepts(Context(~np.eye(n, dtype=bool)), 0, kernel=kernel)
    assert len(found) == 2**n
    assert (found.support + np.diff(found.intents.indptr) == n).all()
    assert found.delta.tolist() == [min(1, size) for size in found.support]
    assert len(found.covers()) == n * 2 ** (n - 1)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("shape", "fill", "expected"),
    [
        ((0, 0), 0, [((), 0)]),
        ((0, 3), 0, [((0, 1, 2), 0)]),  # the top is the bottom: no object, every attribute
        ((3, 0), 0, [((), 3)]),
        ((3, 2), 0, [((), 3), ((0, 1), 0)]),
        ((3, 2), 1, [((0, 1), 3)]),
        ((1, 1), 0, [((), 1), ((0,), 0)]),
    ],
)
def test_top_and_bottom_count_once_each(kernel: str, shape, fill: int, expected: list) -> None:
    context = Context(np.full(shape, bool(fill)))
    found = formal_concepts(context, 0, kernel=kernel)
    assert list(zip(intents(found), found.support, strict=True)) == expected
    lived = [entry for entry in expected if entry[1] > 0]
    frequent = formal_concepts(context, kernel=kernel)
    assert list(zip(intents(frequent), frequent.support, strict=True)) == lived
    assert found.intents.shape == (len(expected), shape[1])


# --- against brute force ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_thousand_random_contexts_are_what_the_definitions_say(kernel: str) -> None:
    for incidence, expected in random_lattices():
        found = formal_concepts(Context(incidence), 0, kernel=kernel)
        order = sorted(expected, key=lambda intent: (-expected[intent][0], intent))
        assert intents(found) == order
        assert found.support.tolist() == [expected[intent][0] for intent in order]
        assert found.delta.tolist() == [expected[intent][1] for intent in order]
        lower, upper = found.stability_bounds()
        exact = np.array([expected[intent][2] for intent in order])
        assert (lower <= exact + 1e-12).all()
        assert (exact <= upper + 1e-12).all()
        assert found.complete
        assert found.stopped == ""


def test_covers_and_stability_of_a_thousand_random_contexts() -> None:
    for incidence, expected in random_lattices():
        found = formal_concepts(Context(incidence), 0)
        order = intents(found)
        exact = [expected[intent][2] for intent in order]
        assert np.allclose(found.stability(), exact, rtol=0, atol=1e-12)
        assert found.covers().tolist() == covers_of([set(intent) for intent in order])


@given(arrays(bool, st.tuples(st.integers(0, 9), st.integers(0, 7))), st.integers(0, 5), st.integers(0, 4))
def test_an_iceberg_is_the_part_of_the_lattice_above_the_water(incidence, min_support, min_delta) -> None:
    context = Context(incidence)
    whole = formal_concepts(context, 0)
    lower, upper = whole.stability_bounds()
    kept = (whole.support >= min_support) & (whole.delta >= min_delta)
    for kernel in KERNELS:
        part = formal_concepts(context, min_support, min_delta=min_delta, kernel=kernel)
        assert intents(part) == [intent for intent, keep in zip(intents(whole), kept, strict=True) if keep]
        # Counted in the context: nothing changes where neighbours have been pruned.
        assert np.array_equal(part.support, whole.support[kept])
        assert np.array_equal(part.delta, whole.delta[kept])
        assert np.array_equal(np.array(part.stability_bounds()), np.array((lower[kept], upper[kept])))


@given(arrays(bool, st.tuples(st.integers(0, 9), st.integers(0, 7))), st.integers(0, 3), st.integers(0, 2))
def test_covers_are_those_of_the_order_of_what_was_kept(incidence, min_support, min_delta) -> None:
    found = formal_concepts(Context(incidence), min_support, min_delta=min_delta)
    assert found.covers().tolist() == covers_of([set(intent) for intent in intents(found)])
    assert found.covers().shape[1] == 2


def test_covers_do_not_depend_on_how_much_is_looked_at_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(np.random.default_rng(1).random((80, 12)) < 0.4)
    at_once = formal_concepts(context, 2).covers()
    monkeypatch.setattr("saelib.lattice.order._PAIRS", 10)
    assert np.array_equal(formal_concepts(context, 2).covers(), at_once)


@pytest.mark.parametrize(
    "options", [{"min_support": 1}, {"min_delta": 1}, {"max_concepts": 2}, {"max_work": 1}]
)
def test_exact_stability_needs_the_full_lattice(options: dict) -> None:
    found = formal_concepts(Context(table(LIVING_BEINGS)), **{"min_support": 0, **options})
    with pytest.raises(InputError, match=r"^stability needs the full lattice"):
        found.stability()


@given(arrays(bool, st.tuples(st.integers(0, 8), st.integers(0, 7))))
def test_every_concept_is_closed_and_no_two_are_equal(incidence) -> None:
    context = Context(incidence)
    found = formal_concepts(context, 0)
    for i in range(len(found)):
        assert np.array_equal(context.intent(found.extent(i)), found.intent(i))
        assert found.extent(i).size == found.support[i]
    assert len(set(intents(found))) == len(found)


@given(arrays(bool, st.tuples(st.integers(0, 6), st.integers(0, 6))))
def test_the_transposed_context_has_the_same_concepts_turned_round(incidence) -> None:
    one = formal_concepts(Context(incidence), 0)
    two = formal_concepts(Context(incidence.T), 0)
    assert {(tuple(one.extent(i)), tuple(one.intent(i))) for i in range(len(one))} == {
        (tuple(two.intent(i)), tuple(two.extent(i))) for i in range(len(two))
    }


def test_stability_bounds_of_large_extents() -> None:
    # Neighbours that lose 1, 2, 100 and all objects but one; and one attribute nobody has.
    incidence = np.zeros((200, 5), dtype=bool)
    incidence[1:, 0] = incidence[2:, 1] = incidence[100:, 2] = incidence[:1, 3] = True
    for kernel in KERNELS:
        found = formal_concepts(Context(incidence), 200, kernel=kernel)
        lower, upper = found.stability_bounds()
        # The second lies within the first, the third within the second.
        assert (lower.tolist(), upper.tolist(), found.delta.tolist()) == ([0.5], [0.5], [1])


@pytest.mark.parametrize("size", [1, 40, 63, 64, 65, 130])
def test_kernels_bound_stability_alike_where_neighbours_turn_far(size: int) -> None:
    rng = np.random.default_rng(size)
    context = Context(rng.random((size, 12)) < np.linspace(0.02, 0.98, 12))
    one, two = (formal_concepts(context, 0, kernel=kernel).stability_bounds() for kernel in KERNELS)
    assert np.allclose(one, two, rtol=0, atol=1e-15)
    assert (one[0] <= one[1]).all()


# --- two kernels, one answer -----------------------------------------------------------------------------


@given(
    arrays(bool, st.tuples(st.integers(0, 12), st.integers(0, 8))),
    st.sampled_from([{}, {"max_concepts": 1}, {"max_concepts": 5}, {"max_work": 1}, {"max_work": 40}]),
    st.integers(0, 3),
)
def test_kernels_agree_to_the_place_where_they_are_cut(incidence, budget, min_support) -> None:
    context = Context(incidence)
    one, two = (formal_concepts(context, min_support, kernel=kernel, **budget) for kernel in KERNELS)
    assert (one.kernel, two.kernel) == KERNELS
    assert intents(one) == intents(two)
    for name in ("support", "delta", "searched"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert (one.complete, one.stopped, one.work) == (two.complete, two.stopped, two.work)


def test_kernels_agree_on_a_context_that_outgrows_every_first_guess() -> None:
    rng = np.random.default_rng(0)
    context = Context(rng.random((600, 60)) < 0.15)
    one, two = (formal_concepts(context, 4, kernel=kernel) for kernel in KERNELS)
    assert len(one) > 2_000
    assert (one.intents != two.intents).nnz == 0
    assert np.array_equal(one.support, two.support)
    assert np.array_equal(one.delta, two.delta)


def test_without_numba_numpy_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (
        "saelib.lattice.sparse_walk",
        "saelib.lattice.sparse_neighbours",
        "saelib.lattice.compiled",
    ):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    found = formal_concepts(Context(table(LIVING_BEINGS)), 0)
    assert (found.kernel, len(found)) == ("numpy", 19)
    assert (found.stability_bounds()[0] <= 1).all()


# --- budgets ---------------------------------------------------------------------------------------------


@given(
    arrays(bool, st.tuples(st.integers(1, 10), st.integers(1, 7))),
    st.integers(1, 20),
    st.sampled_from(["max_concepts", "max_work"]),
)
def test_a_partial_answer_is_right_and_says_within_which_attributes_it_is_whole(
    incidence, limit, budget
) -> None:
    context = Context(incidence)
    whole, part = formal_concepts(context), formal_concepts(context, **{budget: limit})
    assert set(intents(part)) <= set(intents(whole))
    if part.complete:
        assert len(part) == len(whole)
        assert part.stopped == ""
        assert part.searched.tolist() == list(range(context.n_attributes))
    else:
        assert part.stopped.startswith(f"{budget}={limit} reached")
        assert part.searched.size < context.n_attributes
        inside = [intent for intent in intents(whole) if set(intent) <= set(part.searched.tolist())]
        assert set(inside) <= set(intents(part))
    if budget == "max_concepts":
        assert part.complete == (len(whole) <= limit)
        assert len(part) == min(len(whole), limit)


def test_a_budget_that_just_suffices_cuts_nothing() -> None:
    context = Context(table(LIVING_BEINGS))
    whole = formal_concepts(context, 0)
    assert formal_concepts(context, 0, max_concepts=19, max_work=whole.work).complete
    for found in (formal_concepts(context, 0, max_concepts=18), formal_concepts(context, 0, max_work=100)):
        assert not found.complete
        assert 0 < len(found) < 19


def test_dense_attributes_are_stopped_by_the_work_that_no_bound_on_concepts_would_stop() -> None:
    rng = np.random.default_rng(0)
    context = Context(rng.random((2_000, 200)) < 0.9)
    formal_concepts(context, max_concepts=1)  # compile outside the clock
    start = time.process_time()
    found = formal_concepts(context, min_support=1_000, max_work=50_000_000)
    assert time.process_time() - start < 5
    # It ends within one extent of the budget.
    assert 50_000_000 <= found.work <= 50_000_000 + context.incidence.nnz
    assert not found.complete
    assert all(context.extent(found.intent(i)).size == found.support[i] for i in range(0, len(found), 500))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_support": -1}, "min_support is -1"),
        ({"min_support": 0.1}, "min_support is 0.1"),
        ({"min_support": True}, "min_support is True"),
        ({"min_delta": -1}, "min_delta is -1"),
        ({"max_concepts": 0}, "max_concepts is 0"),
        ({"max_work": "much"}, "max_work is 'much'"),
        ({"kernel": "torch"}, "kernel is 'torch'"),
    ],
)
def test_options_are_checked(arguments: dict, message: str) -> None:
    with pytest.raises(InputError, match="^" + message):
        formal_concepts(Context([[1]]), **arguments)


def test_what_is_no_context_is_refused() -> None:
    with pytest.raises(InputError, match=r"^context is a ndarray"):
        formal_concepts(np.eye(2))


def test_support_beyond_every_integer_finds_nothing() -> None:
    for kernel in KERNELS:
        assert len(formal_concepts(Context(np.ones((2, 2))), 10**30, kernel=kernel)) == 0


@pytest.mark.parametrize(("i", "message"), [(1, "i is 1"), (-2, "i is -2"), (0.0, "i is a float")])
def test_positions_of_concepts_are_checked(i: object, message: str) -> None:
    found = formal_concepts(Context([[1]]))
    for read in (found.extent, found.intent):
        with pytest.raises(InputError, match="^" + message):
            read(i)
    assert found.intent(-1).tolist() == [0]


def test_order_of_objects_and_attributes_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    incidence = rng.random((30, 9)) < 0.4
    before = formal_concepts(Context(incidence), 0)
    moved = rng.permutation(9)
    after = formal_concepts(Context(incidence[rng.permutation(30)][:, moved]), 0)
    renamed = [tuple(sorted(moved[list(intent)])) for intent in intents(after)]
    assert sorted(zip(renamed, after.support, after.delta, strict=True)) == sorted(
        zip(intents(before), before.support, before.delta, strict=True)
    )


def test_concepts_form_a_lattice() -> None:
    found = formal_concepts(Context(table(DIGITS)), 0)
    closed = set(intents(found))
    for one, two in itertools.combinations(closed, 2):
        assert tuple(sorted(set(one) & set(two))) in closed


def test_the_lattice_loads_neither_torch_nor_what_it_does_not_use_yet() -> None:
    script = "import sys, saelib.lattice; saelib.lattice.Context; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"torch", "numba", "saelib.geometry", "saelib.sae"} & set(loaded.stdout.split())
