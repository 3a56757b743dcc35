"""T6: regions of Top-K dictionaries, power diagrams and half-spaces, against brute force and by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.geometry.arrangements import arrangement_cells
from saelib.geometry.gating import (
    common_point,
    level_regions,
    power_sites,
    refined_dictionary,
    trials,
    voronoi_sae,
)
from saelib.geometry.neuron import Neuron
from saelib.sae import SAE, ReLU, SAEConfig, TopK, train


def dictionary(W, b, k, b_dec=None, dtype=torch.float64) -> SAE:
    W = np.asarray(W, dtype=np.float64)
    sae = SAE(*W.shape, TopK(k), dtype=dtype)
    sae.W_enc.data.copy_(torch.from_numpy(W))
    sae.b_enc.data.copy_(torch.as_tensor(b))
    if b_dec is not None:
        sae.b_dec.data.copy_(torch.as_tensor(b_dec))
    return sae


def fires(sae: SAE, points) -> np.ndarray:
    return sae.active(np.asarray(points, dtype=np.float64)).numpy()


whole_numbers = st.integers(-3, 3)


@st.composite
def competitions(draw):
    n, d = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    k = draw(st.integers(1, d))
    W = draw(st.lists(st.lists(whole_numbers, min_size=d, max_size=d), min_size=n, max_size=n))
    b = draw(st.lists(whole_numbers, min_size=d, max_size=d))
    return dictionary(
        np.array(W), np.array(b), k, np.array(draw(st.lists(whole_numbers, min_size=n, max_size=n)))
    )


# --- regions ---------------------------------------------------------------------------------------------


def test_the_region_in_two_pieces_worked_out_by_hand():
    sae = dictionary([[0.0, 1.0, -1.0]], [1.0, 2.0, 2.0], 2)
    points = [[-2.0], [-1.0], [-0.5], [0.0], [1.0], [3.0]]
    regions = level_regions(sae, points)
    assert regions.surely[:, 0].tolist() == [True, False, False, False, False, True]
    assert regions.possibly[:, 0].tolist() == [True, True, False, False, True, True]  # ties at -1 and 1
    assert regions.undecided.tolist() == [False, True, False, False, True, False]
    assert not regions.contradicts(fires(sae, points)).any()


@settings(max_examples=100, deadline=None)
@given(competitions(), st.randoms(use_true_random=False))
def test_regions_are_what_counting_rivals_one_by_one_says(sae, random):
    points = np.array([[random.randint(-4, 4) / 2 for _ in range(sae.d_in)] for _ in range(12)]) * 2
    W, b, origin = (p.detach().numpy() for p in (sae.W_enc, sae.b_enc, sae.b_dec))
    regions = level_regions(sae, points)
    for i, x in enumerate(points):
        p = [sum(Fraction(v) for v in (x - origin) * W[:, j]) + Fraction(b[j]) for j in range(sae.d_sae)]
        for j in range(sae.d_sae):
            above = sum(q > p[j] for q in p)
            level = sum(q >= p[j] for q in p) - 1
            assert regions.possibly[i, j] == (p[j] > 0 and above < sae.gate.k)
            assert regions.surely[i, j] == (p[j] > 0 and level < sae.gate.k)
        assert regions.fewest[i] == regions.most[i] == min(sae.gate.k, sum(q > 0 for q in p))
    assert not regions.contradicts(fires(sae, points)).any()


def test_a_wrong_claim_is_contradicted():
    sae = dictionary(np.eye(2), [0.0, 0.0], 1)
    regions = level_regions(sae, [[3.0, 1.0], [2.0, 2.0], [-1.0, -1.0]])
    assert regions.contradicts([[False, True], [True, True], [True, False]]).all()
    assert not regions.contradicts([[True, False], [False, True], [False, False]]).any()


def test_float32_encoders_are_given_their_own_rounding():
    rng = np.random.default_rng(0)
    sae = dictionary(rng.standard_normal((16, 40)), rng.standard_normal(40), 4, dtype=torch.float32)
    points = rng.standard_normal((4000, 16)) * 100
    regions = level_regions(sae, points)
    assert not regions.contradicts(sae.active(points.astype(np.float32)).numpy()).any()
    assert regions.undecided.mean() < 0.05


def test_a_trained_sae_fires_where_the_regions_say():
    points = np.random.default_rng(0).standard_normal((600, 6)).astype(np.float32)
    sae = train(points, SAEConfig(d_sae=24, gate=TopK(3), steps=60, batch_size=64), progress=False).sae
    assert not level_regions(sae, points).contradicts(sae.active(points).numpy()).any()


# --- cells (T6a) -----------------------------------------------------------------------------------------


def test_competition_divides_a_cell_of_the_neurons_own_hyperplanes():
    sae = dictionary([[1.0, 2.0]], [0.0, -1.0], 1)  # p = (x, 2x - 1): both positive beyond 1/2, equal at 1
    assert fires(sae, [[0.75], [2.0]]).tolist() == [[True, False], [False, True]]


@settings(max_examples=60, deadline=None)
@given(competitions())
def test_competition_respects_the_cells_of_the_refined_arrangement(sae):
    W, b, origin = (p.detach().numpy() for p in (sae.W_enc, sae.b_enc, sae.b_dec))
    refined_W, refined_b = refined_dictionary(W, b)
    cells = arrangement_cells(refined_W, refined_b)
    chosen = {}
    for cell, over, under in zip(cells.fires, cells.numerators, cells.denominators, strict=True):
        x = [Fraction(int(v), int(under)) for v in over]
        p = [
            sum(Fraction(w) * v for w, v in zip(W[:, j], x, strict=True)) + Fraction(b[j])
            for j in range(len(b))
        ]
        best = sorted(range(len(b)), key=lambda j: (-p[j], W[:, j].tolist(), b[j], j))[: sae.gate.k]
        chosen[cell.tobytes()] = {j for j in best if p[j] > 0}
    points = np.random.default_rng(0).standard_normal((200, len(W))) * 3
    sums = points @ refined_W + refined_b
    twins = ((refined_W == 0).all(axis=0) & (refined_b == 0))[len(b) :].any()
    for x, pattern in zip(points, sums > 0, strict=True):
        active = set(np.flatnonzero(fires(sae, [x + origin])[0]).tolist())
        expected = chosen[pattern.tobytes()]
        assert len(active) == len(expected)
        assert twins or active == expected  # equal neurons share a place in any order


def test_the_refined_arrangement_of_no_pair_is_the_dictionary():
    W, b = refined_dictionary([[2.0]], [1.0])
    assert (W.tolist(), b.tolist()) == ([[2.0]], [1.0])


# --- shape of the regions (T6b) --------------------------------------------------------------------------


def test_a_top_1_region_is_convex_and_a_region_with_a_win_is_starlike():
    rng = np.random.default_rng(1)
    for k in (1, 2, 3):
        sae = dictionary(rng.standard_normal((2, 8)), rng.random(8), k)
        first = dictionary(sae.W_enc.detach(), sae.b_enc.detach(), 1)
        points = rng.standard_normal((3000, 2)) * 3
        active, wins = fires(sae, points), fires(first, points)
        for j in range(8):
            inside, centre = points[active[:, j]], points[wins[:, j]][:1]
            others = (
                inside[rng.permutation(len(inside))] if k == 1 else np.repeat(centre, len(inside), axis=0)
            )
            if len(others) == len(inside) and len(inside):
                between = inside + rng.random((len(inside), 1)) * (others - inside)
                assert fires(sae, between)[:, j].all()


# --- Voronoi and power diagrams (T6c) --------------------------------------------------------------------


def test_every_point_of_the_space_has_exactly_one_neuron_that_of_its_centre():
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((9, 3)) + 50.0  # far from the origin
    points = np.concatenate([rng.standard_normal((2000, 3)) + 50.0, rng.standard_normal((500, 3)) * 1e5])
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    active = fires(voronoi_sae(centres), points)
    assert (active.sum(axis=1) == 1).all()
    assert (active.argmax(axis=1) == nearest).all()


def test_without_the_right_origin_no_offset_makes_the_construction_hold_everywhere():
    for beta in (1.0, 1e3, 1e6):
        sae = dictionary([[1.0, 2.0]], [beta - 0.5, beta - 2.0], 1)  # centres 1 and 2, b_dec = 0
        assert not fires(sae, [[-2.0 * beta]]).any()
    assert fires(voronoi_sae([[1.0], [2.0]]), [[-2e6]]).tolist() == [[True, False]]


def test_weights_move_the_borders_and_can_swallow_a_centre():
    sae = voronoi_sae([[0.0], [4.0]], [8.0, 0.0])  # x² - 8 = (x - 4)² at x = 3
    assert fires(sae, [[2.9], [3.1]]).tolist() == [[True, False], [False, True]]
    swallowed = voronoi_sae([[-1.0], [0.0], [1.0]], [0.0, -5.0, 0.0])
    assert not fires(swallowed, np.linspace(-9, 9, 200)[:, None])[:, 1].any()


def test_one_centre_and_repeated_centres_are_diagrams_too():
    assert fires(voronoi_sae([[3.0, 4.0]]), [[-1e9, 7.0]]).tolist() == [[True]]
    assert (fires(voronoi_sae([[1.0], [1.0]]), [[5.0], [-5.0]]).sum(axis=1) == 1).all()


def test_the_sites_of_any_top_1_sae_say_who_fires_and_where_none_does():
    rng = np.random.default_rng(2)
    sae = dictionary(rng.standard_normal((2, 6)), -rng.random(6), 1, rng.standard_normal(2))
    sites, weights = power_sites(sae)
    points = rng.standard_normal((4000, 2)) * 3
    power = ((points[:, None] - sites) ** 2).sum(axis=2) - weights
    expected = power.argmin(axis=1)[:, None] == np.arange(6)
    assert (fires(sae, points) == expected).all()
    assert 0 < expected.any(axis=1).mean() < 1


def test_reading_the_sites_back_gives_the_diagram():
    rng = np.random.default_rng(3)
    centres, weights = rng.standard_normal((5, 3)), rng.random(5)
    sites, omega = power_sites(voronoi_sae(centres, weights))
    np.testing.assert_allclose(sites[:-1], centres, atol=1e-14)
    np.testing.assert_allclose(np.diff(omega[:-1]), np.diff(weights), atol=1e-13)


# --- half-spaces (T6e) -----------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.integers(-4, 4), min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.fractions(-3, 3, max_denominator=4), min_size=3, max_size=3),
)
def test_common_points_are_common_and_three_half_spaces_are_never_pairwise_disjoint(rows, offsets):
    if any(not any(row) for row in rows):
        return
    neurons = [Neuron(np.array(row, float), float(b)) for row, b in zip(rows, offsets, strict=True)]
    met = 0
    for first, second in itertools.combinations(neurons, 2):
        point = common_point(first, second)
        met += point is not None
        if point is None:
            along = float(first.w @ second.w)
            size = np.linalg.norm(first.w) * np.linalg.norm(second.w)
            assert along == pytest.approx(-size)  # back to back
            gap = first.b / np.linalg.norm(first.w) + second.b / np.linalg.norm(second.w)
            assert gap <= 1e-12
        else:
            for neuron in (first, second):
                value = sum(Fraction(w) * x for w, x in zip(neuron.w, point, strict=True)) + Fraction(
                    neuron.b
                )
                assert value > 0
    assert met


def test_touching_half_spaces_are_disjoint_and_a_hair_more_is_not():
    assert common_point(Neuron([1.0], 0.0), Neuron([-1.0], 0.0)) is None
    point = common_point(Neuron([1.0], 2.0**-60), Neuron([-3.0], 0.0))
    assert point is not None
    assert -Fraction(1, 2**60) < point[0] < 0


def test_half_spaces_that_are_nearly_back_to_back_meet_far_out():
    point = common_point(Neuron([1.0, 0.0], -1.0), Neuron([-1.0, 1e-9], -1.0))
    assert point is not None
    assert abs(point[1]) > 10**8


# --- the trials ------------------------------------------------------------------------------------------


def test_the_trials_find_nothing_and_reach_the_hard_cases():
    rng = np.random.default_rng(5)
    regions, diagrams = trials.region_trials(4000, rng), trials.voronoi_trials(4000, rng)
    triples = trials.half_space_trials(4000, rng)
    assert regions.mismatches.sum() == diagrams.mismatches.sum() == triples.three.sum() == 0
    assert regions.ties.sum() > 100
    assert diagrams.ties.sum() > 50
    assert triples.two.sum() > 500
    assert (triples[["none", "one", "two", "three"]].sum(axis=1) == triples.triples).all()


@pytest.mark.parametrize("spoil", ["regions", "diagrams"])
def test_the_trials_would_find_a_wrong_encoder(monkeypatch, spoil):
    original = SAE.active
    monkeypatch.setattr(SAE, "active", lambda self, x: original(self, x).roll(1, 1))
    frame = trials.region_trials(2000, np.random.default_rng(0)) if spoil == "regions" else None
    frame = trials.voronoi_trials(2000, np.random.default_rng(0)) if frame is None else frame
    assert frame.mismatches.sum() > 500


# --- malformed input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: level_regions(SAE(2, 3, ReLU()), [[0.0, 0.0]]), "sae has no Top-K gate"),
        (lambda: level_regions(dictionary(np.eye(2), [0, 0], 1), [[0.0]]), "points has shape"),
        (lambda: level_regions(dictionary(np.eye(2), [0, 0], 1), [[0.0, np.nan]]), "points has NaN"),
        (
            lambda: level_regions(dictionary([[1.0]], [0], 1), [[0.0]]).contradicts([[1, 0]]),
            "active has shape",
        ),
        (lambda: refined_dictionary([[1.0]], [0.0, 1.0]), "b_enc has 2 offsets"),
        (lambda: voronoi_sae([1.0, 2.0]), "centres has shape"),
        (lambda: voronoi_sae(np.zeros((0, 2))), "centres has shape"),
        (lambda: voronoi_sae([[np.inf]]), "centres has NaN or infinity"),
        (lambda: voronoi_sae([["x"]]), "centres is no array"),
        (lambda: voronoi_sae([[1.0]], [1.0, 2.0]), "weights has 2 entries"),
        (lambda: voronoi_sae([[1.0]], least=0.0), "least is 0.0"),
        (lambda: power_sites(SAE(2, 3, TopK(2))), "sae is not Top-1"),
        (lambda: common_point(Neuron([1.0], 0.0), Neuron([0.0], 1.0)), "second has w = 0"),
        (lambda: common_point(Neuron([1.0], 0.0), Neuron([1.0, 1.0], 1.0)), "second reads R.2"),
        (lambda: common_point("no", Neuron([1.0], 1.0)), "first is a str"),
        (lambda: trials.region_trials(0, np.random.default_rng(0)), "n_points is 0"),
        (lambda: trials.voronoi_trials(2.5, np.random.default_rng(0)), "n_points is 2.5"),
        (lambda: trials.half_space_trials(-1, np.random.default_rng(0)), "n_triples is -1"),
    ],
)
def test_what_cannot_be_used_is_named(ask, says):
    with pytest.raises(InputError, match=says):
        ask()
