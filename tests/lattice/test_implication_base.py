"""The Duquenne-Guigues base: what follows from it is what holds, and fewer implications do not do."""

from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ConceptSet, InputError
from saelib.lattice import Context, Implications, implication_base


def table(crosses):
    return np.array([[character == "X" for character in line] for line in crosses.split()])


LIVING = "XX....X.. XX....XX. XXX...XX. X.X...XXX XX.X.X... XXXX.X... X.XXX.... X.XX.X..."
DIGITS = "X.XXXXX .....XX XXX.XX. XXX..XX .X.X.XX XXXX..X .XXXX.X X....XX XXXXXXX XX.X.XX"
WATERS = (
    "X..X. X..X. .XXXX .XXX. .XXX. .XX.. .XXX. .XXX. ..XX. XX.X. XX.X. XX.X. .XXXX XX.X. .XXX. XX.X. XX.X."
)


def all_sets(m):
    return [frozenset(chosen) for size in range(m + 1) for chosen in combinations(range(m), size)]


def closures(incidence):
    """Every set of attributes with its closure, by definition."""
    m = incidence.shape[1]
    found = {}
    for attributes in all_sets(m):
        having = incidence[incidence[:, sorted(attributes)].all(axis=1)]
        found[attributes] = frozenset(np.flatnonzero(having.all(axis=0)).tolist())
    return found


def pseudo_intents(closure):
    """By the recursive definition, smaller sets first."""
    found = []
    for attributes in closure:
        if attributes != closure[attributes] and all(
            closure[other] <= attributes for other in found if other < attributes
        ):
            found.append(attributes)
    return found


def check_against_brute_force(incidence):
    context = Context(incidence)
    base, closure = implication_base(context), closures(incidence)
    assert base.complete
    premises = [frozenset(base.premise(i).tolist()) for i in range(len(base))]
    assert sorted(map(sorted, premises)) == sorted(map(sorted, pseudo_intents(closure)))
    for i, premise in enumerate(premises):
        assert set(base.conclusion(i).tolist()) == closure[premise] - premise
        assert base.support[i] == incidence[:, sorted(premise)].all(axis=1).sum()
    for attributes in closure:  # sound and complete
        assert frozenset(base.closure(sorted(attributes)).tolist()) == closure[attributes]
        assert frozenset(context.closure(sorted(attributes)).tolist()) == closure[attributes]


@pytest.mark.parametrize(("crosses", "size"), [(LIVING, 10), (DIGITS, 6), (WATERS, 3)])
def test_published_contexts_have_bases_of_the_published_sizes(crosses, size):
    check_against_brute_force(table(crosses))
    assert len(implication_base(Context(table(crosses)))) == size


def test_the_tea_ladies_need_23_implications():
    graph = networkx.davis_southern_women_graph()
    women, events = graph.graph["top"], graph.graph["bottom"]
    incidence = networkx.bipartite.biadjacency_matrix(graph, women, events).toarray()
    base = implication_base(Context(incidence, women, events))
    assert (len(base), base.complete) == (23, True)
    rng = np.random.default_rng(0)
    for _ in range(300):
        attributes = np.flatnonzero(rng.random(len(events)) < rng.random())
        assert base.closure(attributes).tolist() == base.context.closure(attributes).tolist()


def test_a_thousand_random_contexts_by_brute_force():
    rng = np.random.default_rng(0)
    for _ in range(1000):
        n, m = rng.integers(0, 9), rng.integers(0, 7)
        check_against_brute_force(rng.random((n, m)) < rng.random())


@given(arrays(bool, st.tuples(st.integers(0, 7), st.integers(0, 6))))
def test_contexts_of_all_shapes_by_brute_force(incidence):
    check_against_brute_force(incidence)


@pytest.mark.parametrize("m", [0, 1, 4])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_full_and_empty_contexts(n, m):
    full, empty = implication_base(Context(np.ones((n, m)))), implication_base(Context(np.zeros((n, m))))
    # Everybody has everything: from nothing everything follows, if there is anything.
    assert [p.size for p in map(full.premise, range(len(full)))] == [0] * (m > 0)
    assert full.support.tolist() == [n] * (m > 0)
    if n:  # Nobody has anything: one attribute is as absurd as all of them.
        assert len(empty) == (m if m > 1 else 0)
        assert empty.premise_support.tolist() == [0] * len(empty)
        assert empty.confidence.isna().all()
        assert empty.exact.all()


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_where_all_sets_are_intents_nothing_follows(n):
    assert len(implication_base(Context(~np.eye(n, dtype=bool)))) == 0


def test_a_forest_gives_an_edge_to_every_child():
    concepts = ConceptSet(
        [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], ["animal", "dog", "poodle"], parents=[-1, 0, 1]
    )
    frame = implication_base(Context.from_concepts(concepts)).to_frame()
    assert frame["premise"].tolist() == [("dog",), ("poodle",)]
    assert frame["conclusion"].tolist() == [("animal",), ("animal", "dog")]
    assert frame["support"].tolist() == [2, 1]
    assert frame["confidence"].tolist() == [1.0, 1.0]


def test_sixty_attributes_in_their_highest_bit_and_not_one_more():
    chain = np.tri(60, dtype=bool)
    base = implication_base(Context(chain))
    # Object i has attributes 0 to i: all have the first, and each further one brings all before it along.
    # With the first given, the second has nothing to bring.
    assert len(base) == 59
    assert base.closure([59]).tolist() == list(range(60))
    assert base.closure([]).tolist() == [0]
    with pytest.raises(
        InputError, match=r"^context has 61 attributes: choose at most 60 .* luxenburger_base"
    ):
        implication_base(Context(np.tri(61, dtype=bool)))


def test_many_objects_with_large_sums_of_bits_are_told_apart():
    incidence = np.zeros((40_000, 60), dtype=bool)
    incidence[::2, 59] = incidence[::4, 58] = (
        True  # half have the last; those with the one before have it too
    )
    base = implication_base(Context(incidence))
    first = [base.premise(i).tolist() for i in range(len(base))]
    assert [58] in first
    assert base.support[first.index([58])] == 10_000


def test_a_search_that_is_stopped_says_so_and_keeps_what_is_right():
    incidence = table(LIVING)
    whole = implication_base(Context(incidence))
    everything = {tuple(whole.premise(i)) for i in range(len(whole))}
    sizes = []
    for most in (1, 10, 100, 1000, 10_000):
        part = implication_base(Context(incidence), max_work=most)
        found = {tuple(part.premise(i)) for i in range(len(part))}
        assert found <= everything
        assert part.complete <= (found == everything)
        sizes.append(len(found))
    assert sizes[0] <= 1
    assert sizes == sorted(sizes)
    assert part.complete


def test_a_dense_context_of_sixty_attributes_is_stopped_by_its_budget():
    incidence = np.random.default_rng(0).random((200, 60)) < 0.5
    part = implication_base(Context(incidence), max_work=10_000_000)
    assert not part.complete
    assert 0 < len(part) < 10_000
    assert repr(part).endswith("not complete)")
    for i in range(0, len(part), 50):
        closure = part.context.closure(part.premise(i))
        assert closure.tolist() == sorted([*part.premise(i).tolist(), *part.conclusion(i).tolist()])


def test_order_is_by_falling_support_then_by_premise():
    base = implication_base(Context(table(LIVING)))
    keys = [(-base.premise_support[i], base.premise(i).tolist()) for i in range(len(base))]
    assert keys == sorted(keys)
    assert np.array_equal(base.support, base.premise_support)
    assert repr(base) == "Implications(10 over 9 attributes, 10 exact, complete)"


@given(arrays(bool, st.tuples(st.integers(0, 6), st.integers(0, 5))), st.randoms())
def test_order_and_repetition_of_objects_do_not_matter(incidence, random):
    rows = list(range(len(incidence))) * 2
    random.shuffle(rows)
    one, other = implication_base(Context(incidence)), implication_base(Context(incidence[rows]))
    assert (one.premises.toarray() == other.premises.toarray()).all()
    assert (one.conclusions.toarray() == other.conclusions.toarray()).all()
    assert (2 * one.support == other.support).all()


@pytest.mark.parametrize(
    ("arguments", "options", "offence"),
    [
        ([[[1, 0]]], {}, "context is a list"),
        ([None], {}, "context is a NoneType"),
        ([Context([[1]])], {"max_work": 0}, "max_work is 0"),
        ([Context([[1]])], {"max_work": 2.0}, r"max_work is 2\.0"),
        ([Context([[1]])], {"max_work": True}, "max_work is True"),
    ],
)
def test_what_is_no_context_is_refused(arguments, options, offence):
    with pytest.raises(InputError, match=f"^{offence}"):
        implication_base(*arguments, **options)


def test_positions_and_attributes_that_do_not_exist_are_refused():
    base = implication_base(Context([[1, 1], [1, 0]], attributes=["a", "b"]))
    assert isinstance(base, Implications)
    for find in (base.premise, base.conclusion):
        assert find(-1).tolist() == find(len(base) - 1).tolist()
        for i, offence in ((len(base), f"is {len(base)}"), (True, "is a bool"), ("a", "is a str")):
            with pytest.raises(InputError, match=f"^i {offence}"):
                find(i)
    assert base.closure(["b"]).tolist() == base.closure([False, True]).tolist() == [0, 1]
    for attributes, offence in (
        ([2], "has 2 at 0"),
        (["c"], "has 'c'"),
        ("a", "is 'a'"),
        ([0.5], "has dtype"),
    ):
        with pytest.raises(InputError, match=f"^attributes {offence}"):
            base.closure(attributes)
