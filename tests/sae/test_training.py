"""Training: it learns, it is deterministic, it refuses bad input, it revives the dead."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from saelib.data.synthetic import ForestConfig, concept_forest
from saelib.errors import InputError
from saelib.sae import (
    SAE,
    BatchTopK,
    Gated,
    JumpReLU,
    Matryoshka,
    ReLU,
    SAEConfig,
    TopK,
    quality,
    train,
    train_grid,
)
from saelib.sae.adam import Adam
from saelib.sae.check import first_row_not_finite
from saelib.sae.gradients import gradients
from saelib.sae.reviving import resample
from saelib.sae.sparsity import Coefficient
from saelib.sae.start import geometric_median


def planted(n: int = 8192, d_in: int = 12, n_directions: int = 12, active: int = 2) -> np.ndarray:
    """Points that are sums of ``active`` of n_directions unit directions with positive amplitudes."""
    rng = np.random.default_rng(0)
    on = np.argsort(rng.random((n, n_directions)), axis=1)[:, :active]
    amplitudes = np.zeros((n, n_directions))
    np.put_along_axis(amplitudes, on, rng.uniform(1, 2, (n, active)), axis=1)
    directions = rng.normal(size=(n_directions, d_in))
    if n_directions <= d_in:
        directions = np.linalg.qr(directions.T)[0].T
    return (amplitudes @ (directions / np.linalg.norm(directions, axis=1, keepdims=True))).astype(np.float32)


@pytest.mark.parametrize(
    "config",
    [
        SAEConfig(d_sae=12, gate=TopK(2), steps=800, batch_size=256, lr=1e-2),
        SAEConfig(d_sae=12, gate=ReLU(), steps=800, batch_size=256, lr=1e-2, l1_coefficient=0.3),
        SAEConfig(d_sae=12, gate=BatchTopK(2), steps=800, batch_size=256, lr=1e-2),
        SAEConfig(d_sae=12, gate=JumpReLU(), steps=800, batch_size=256, lr=1e-2, l0_coefficient=0.5),
        SAEConfig(d_sae=12, gate=Gated(), steps=800, batch_size=256, lr=1e-2, l1_coefficient=0.6),
        SAEConfig(d_sae=12, gate=Matryoshka(BatchTopK(2), (11, 12)), steps=800, batch_size=256, lr=1e-2),
    ],
    ids=lambda config: str(config.gate),
)
def test_planted_orthogonal_dictionary_is_reconstructed(config):
    result = train(planted(), config)
    assert result.quality.explained_variance > 0.97
    assert result.quality.l0 < 3.0


ALL_GATES = [ReLU(), TopK(2), BatchTopK(2), JumpReLU(), Gated(), Matryoshka(TopK(2), (4, 16))]


@pytest.mark.parametrize("gate", ALL_GATES, ids=str)
def test_the_same_seed_gives_the_same_weights_bit_for_bit_and_another_seed_others(gate):
    config = SAEConfig(d_sae=16, gate=gate, steps=60, batch_size=256, dead_after=10)
    config = replace(config, **{f"{gate.penalty}_coefficient": 0.05})
    first, again = train(planted(2048), config), train(planted(2048), config)
    for a, b in zip(first.sae.parameters(), again.sae.parameters(), strict=True):
        assert torch.equal(a, b)
    pd.testing.assert_frame_equal(first.history, again.history)
    other = train(planted(2048), SAEConfig(d_sae=16, gate=gate, steps=60, batch_size=256, seed=1))
    assert not torch.equal(first.sae.W_dec, other.sae.W_dec)


def test_training_leaves_the_global_random_state_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    train(planted(512), SAEConfig(d_sae=8, gate=ReLU(), steps=12, batch_size=64, dead_after=3))
    assert torch.equal(before, torch.get_rng_state())


def test_decoder_rows_stay_on_the_unit_sphere():
    result = train(planted(1024), SAEConfig(d_sae=20, gate=ReLU(), steps=40, batch_size=128))
    torch.testing.assert_close(result.sae.W_dec.norm(dim=1), torch.ones(20))


def test_more_l1_gives_a_sparser_sae():
    l0 = [
        train(
            planted(), SAEConfig(d_sae=24, gate=ReLU(), steps=400, batch_size=512, l1_coefficient=c)
        ).quality.l0
        for c in (0.01, 0.3, 3.0)
    ]
    assert l0[0] > l0[1] > l0[2]


@pytest.mark.parametrize(("gate", "start"), [(ReLU(), 0.1), (Gated(), 0.1), (JumpReLU(), 0.01)], ids=str)
@pytest.mark.parametrize("factor", [pytest.param(0.3, marks=pytest.mark.slow), 3.0])
def test_a_target_l0_is_reached_from_coefficients_an_order_of_magnitude_apart(gate, start, factor):
    # 4.6 of 32 concepts are present on a point.
    forest = ForestConfig(d_in=32, branching=(8, 3), firing=0.3)
    weight = {f"{gate.penalty}_coefficient": start * factor}
    config = SAEConfig(d_sae=48, gate=gate, steps=1500, batch_size=256, target_l0=3.0, **weight)
    assert train(concept_forest(forest, 4096, seed=0).points, config).quality.l0 == pytest.approx(
        3.0, rel=0.15
    )


def test_a_target_l0_needs_a_coefficient_to_start_from():
    with pytest.raises(InputError, match="l0_coefficient is 0 where target_l0 starts from it"):
        SAEConfig(d_sae=8, gate=JumpReLU(), target_l0=2.0)


@pytest.mark.parametrize("gate", [BatchTopK(2), Matryoshka(BatchTopK(2), (6, 24))], ids=str)
def test_threshold_of_batch_top_k_lets_about_k_fire_at_inference(gate):
    x = planted(8192)
    trained = train(x[:6000], SAEConfig(d_sae=24, gate=gate, steps=400, batch_size=512)).sae
    assert float(trained.threshold) > 0
    assert quality(trained, x[6000:]).l0 == pytest.approx(2, rel=0.1)


def test_thresholds_stay_positive_and_rise_with_the_price_of_l0():
    config = SAEConfig(d_sae=24, gate=JumpReLU(), steps=400, batch_size=512, lr=1e-2)
    cheap, dear = (train(planted(), replace(config, l0_coefficient=c)) for c in (0.001, 0.3))
    assert bool((cheap.sae.threshold > 0).all())
    assert bool(dear.sae.threshold.mean() > cheap.sae.threshold.mean())
    assert dear.quality.l0 < cheap.quality.l0


def test_prefixes_of_a_matryoshka_reconstruct_better_alone_than_those_of_its_inner_gate():
    x = torch.from_numpy(planted())
    config = SAEConfig(d_sae=24, gate=TopK(2), steps=600, batch_size=512, lr=1e-2)

    def error_of_prefix(gate):
        sae = train(x, replace(config, gate=gate)).sae
        with torch.no_grad():
            z = sae.encode(x)
            z[:, 6:] = 0.0
            return float((sae.decode(z) - x).square().sum())

    assert error_of_prefix(Matryoshka(TopK(2), (6, 24))) < 0.9 * error_of_prefix(TopK(2))


@pytest.mark.parametrize("gate", [JumpReLU(), Gated()], ids=str)
def test_resampling_restarts_whatever_the_gate_learned_of_a_neuron(gate):
    x = torch.from_numpy(planted(128))
    sae = SAE(12, 6, gate)
    with torch.no_grad():
        for name in gate.learned:
            getattr(sae, name).fill_(0.7)
    optimiser = Adam(sae)
    residual = gradients(sae, x, 0.1, into=optimiser.gradient).residual
    optimiser.step(lr=1e-3)
    before = {name: getattr(sae, name).detach().clone() for name in gate.learned}
    dead = torch.tensor([True, False, False, True, False, False])
    resample(sae, residual, dead, optimiser, torch.Generator().manual_seed(0), threshold=0.25)
    for name in gate.learned:
        restarted = 0.25 if name == "threshold" else 0.0
        assert getattr(sae, name)[dead].tolist() == [restarted] * 2
        assert torch.equal(getattr(sae, name)[~dead], before[name][~dead])
        assert float(optimiser.moments(name)[0][dead].abs().max()) == 0
    for parameter in optimiser.gradient.values():
        parameter.zero_()
    optimiser.step(lr=0.0)  # what Adam holds of the thresholds is what the SAE holds
    if gate == JumpReLU():
        torch.testing.assert_close(sae.threshold[dead], torch.full((2,), 0.25))


def test_adam_moves_thresholds_by_their_logarithm():
    # The first step of Adam is lr times the sign of the gradient: θ becomes θ·e^±lr.
    sae = SAE(1, 1, JumpReLU(), dtype=torch.float64)
    with torch.no_grad():
        sae.threshold.fill_(2.0)
    optimiser = Adam(sae)
    optimiser.gradient["threshold"].fill_(-5.0)
    optimiser.step(lr=0.1)
    assert sae.threshold.item() == pytest.approx(2.0 * np.exp(0.1))


def test_double_precision_points_give_a_double_precision_sae():
    assert (
        train(planted(256).astype(np.float64), SAEConfig(d_sae=4, gate=ReLU(), steps=3)).sae.W_dec.dtype
        == torch.float64
    )


def stillborn(*args, **kwargs) -> SAE:
    """An SAE half of whose neurons cannot fire on any point when training starts."""
    sae = SAE(*args, **kwargs)
    with torch.no_grad():
        sae.bias[: sae.d_sae // 2] = -4.0
    return sae


@pytest.mark.parametrize("gate", [TopK(2), ReLU(), BatchTopK(2), JumpReLU(), Gated()], ids=str)
def test_neurons_that_start_dead_are_revived_and_put_to_use(gate, monkeypatch):
    monkeypatch.setattr("saelib.sae.training.SAE", stillborn)
    config = SAEConfig(d_sae=16, gate=gate, steps=900, batch_size=256, lr=1e-2, dead_after=50)
    weight = 0.0 if gate.chooses else 0.2 if gate.penalty == "l1" else 0.05
    config = replace(config, **{f"{gate.penalty}_coefficient": weight})
    without = train(planted(), replace(config, revive=False))
    revived = train(planted(), config)
    assert without.n_dead == 8
    assert revived.n_dead <= 4
    assert revived.quality.explained_variance > without.quality.explained_variance + 0.1


def test_resampled_neurons_point_at_residuals_and_forget_their_moments():
    x = torch.from_numpy(planted(128))
    sae = SAE(12, 6, ReLU())
    optimiser = Adam(sae)
    g = gradients(sae, x, into=optimiser.gradient)
    optimiser.step(lr=1e-3)
    before = sae.W_dec.detach().clone()
    dead = torch.tensor([True, False, False, True, False, False])
    resample(sae, g.residual, dead, optimiser, torch.Generator().manual_seed(0))
    cosines = sae.W_dec[dead] @ torch.nn.functional.normalize(g.residual, dim=1).T
    torch.testing.assert_close(cosines.max(dim=1).values, torch.ones(2))
    assert torch.equal(before[~dead], sae.W_dec[~dead])
    assert float(optimiser.moments("W_enc")[0][:, dead].abs().max()) == 0
    assert float(optimiser.moments("W_enc")[0][:, ~dead].abs().max()) > 0


@pytest.mark.parametrize("gate", [TopK(2), ReLU()], ids=str)
def test_our_adam_takes_the_steps_of_torchs(gate):
    x = torch.from_numpy(planted(256).astype(np.float64))
    ours, theirs = (SAE(12, 20, gate, dtype=torch.float64) for _ in range(2))
    mine, reference = Adam(ours), torch.optim.Adam(theirs.parameters(), lr=0.01)
    for step in range(40):
        lr = 0.01 / (1 + step)
        gradients(ours, x, 0.1, into=mine.gradient)
        mine.step(lr)
        for name, gradient in gradients(theirs, x, 0.1).of.items():
            getattr(theirs, name).grad = gradient
        reference.param_groups[0]["lr"] = lr
        reference.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


def test_trained_parameters_own_their_storage():
    sae = train(planted(64), SAEConfig(d_sae=4, gate=ReLU(), steps=2)).sae
    starts = {parameter.untyped_storage().data_ptr() for parameter in sae.parameters()}
    assert len(starts) == 4
    assert all(p.untyped_storage().nbytes() == p.numel() * 4 for p in sae.parameters())


def test_geometric_median_of_three_points_is_the_fermat_point():
    # Equilateral triangle: centroid and Fermat point coincide; a far outlier moves the mean, not the median.
    triangle = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.5, 3**0.5 / 2]], dtype=torch.float64)
    torch.testing.assert_close(geometric_median(triangle), triangle.mean(0), atol=1e-5, rtol=0)
    crowd = torch.cat([torch.zeros(9, 2), torch.tensor([[100.0, 0.0]])])
    assert float(geometric_median(crowd).norm()) < 1e-3


def test_learning_rate_warms_up_stays_and_decays():
    config = SAEConfig(d_sae=2, gate=ReLU(), steps=100, lr=1.0, lr_warmup=0.1, lr_decay=0.2)
    rates = [config.lr_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:80] == [1.0] * 71
    assert rates[99] == pytest.approx(0.05)
    assert config.coefficient_at(99) == config.l1_coefficient


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_before_training_naming_the_row(bad):
    x = planted(64)
    x[17, 3] = bad
    with pytest.raises(InputError, match="NaN or infinity in row 17"):
        train(x, SAEConfig(d_sae=4, gate=ReLU(), steps=1))


def test_constant_points_are_refused():
    with pytest.raises(InputError, match="constant"):
        train(np.ones((9, 3), dtype=np.float32), SAEConfig(d_sae=4, gate=ReLU(), steps=1))


@pytest.mark.parametrize("points", [np.zeros(5), np.zeros((1, 5)), [[1.0, 2.0]], np.ones((3, 2), dtype=bool)])
def test_points_must_be_a_matrix_of_numbers(points):
    with pytest.raises(InputError, match="points"):
        train(points, SAEConfig(d_sae=4, gate=ReLU(), steps=1))


def test_divergence_names_the_step():
    x = planted(256)
    x[200:] *= 1e30
    with pytest.raises(InputError, match=r"loss (inf|nan) at step \d+"):
        train(x, SAEConfig(d_sae=8, gate=ReLU(), steps=50, batch_size=64, lr=1e3))


@pytest.mark.parametrize(
    "change",
    [
        {"d_sae": 0},
        {"steps": -1},
        {"batch_size": 1.5},
        {"seed": -1},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"lr_warmup": 1.5},
        {"l1_coefficient": -0.1},
        {"b_dec_init": "zero"},
        {"gate": "relu"},
        {"gate": TopK(9)},
        {"dead_after": 0},
        {"bandwidth": 0.0},
        {"bandwidth": float("inf")},
        {"l0_coefficient": 0.1},
        {"l1_coefficient": 0.1, "gate": JumpReLU()},
        {"l0_coefficient": -0.1, "gate": JumpReLU()},
        {"target_l0": 0.0, "l1_coefficient": 0.1},
        {"target_l0": 9.0, "l1_coefficient": 0.1},
        {"target_l0": 2.0, "gate": BatchTopK(2)},
        {"target_l0": float("nan"), "gate": Gated(), "l1_coefficient": 0.1},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(InputError, match="k is 9" if change.get("gate") == TopK(9) else next(iter(change))):
        SAEConfig(**({"d_sae": 8, "gate": ReLU()} | change))


def test_a_grid_is_its_runs_one_by_one_whatever_the_number_of_jobs():
    x = planted(1024)
    configs = [SAEConfig(d_sae=d, gate=TopK(2), steps=20, batch_size=128) for d in (6, 10)]
    alone, together = train_grid(x, configs, jobs=1), train_grid(x, configs, jobs=2)
    for config, a, b in zip(configs, alone, together, strict=True):
        assert a.config == b.config == config
        assert torch.equal(a.sae.W_dec, b.sae.W_dec)


def test_a_grid_refuses_what_is_not_a_config():
    with pytest.raises(InputError, match="index 1"):
        train_grid(planted(64), [SAEConfig(d_sae=4, gate=ReLU(), steps=1), {"d_sae": 4}])


@pytest.mark.parametrize("gate", [ReLU(), JumpReLU()], ids=str)
def test_what_is_wanted_comes_down_from_the_first_l0_to_the_target_and_stays(gate):
    weight = {"l0_coefficient": 0.1} if gate.penalty == "l0" else {"l1_coefficient": 0.1}
    config = SAEConfig(d_sae=64, gate=gate, steps=100, l1_warmup=0.0, target_l0=2.0, **weight)
    followed, held = Coefficient(config), Coefficient(config)
    for step in range(100):
        wanted = 2.0 * 16.0 ** max(0.0, 1 - step / 70)  # from 32 down to 2 over the first 70 steps
        followed.observe(wanted)
        held.observe(32.0)
    assert followed.at(99) == pytest.approx(0.1)
    assert held.at(99) > 10 * followed.at(99)


def test_a_first_l0_below_the_target_is_no_reason_to_ask_for_less():
    config = SAEConfig(d_sae=64, gate=ReLU(), steps=100, l1_warmup=0.0, l1_coefficient=0.1, target_l0=8.0)
    coefficient = Coefficient(config)
    coefficient.observe(4.0)
    assert coefficient.at(1) == 0.0
    coefficient.observe(8.0)
    assert 0 < coefficient.at(2) < 0.1


def test_quality_is_measured_when_asked_for_and_travels_without_the_points() -> None:
    x = torch.randn(256, 4, generator=torch.Generator().manual_seed(0))
    config = SAEConfig(d_sae=8, gate=TopK(2), steps=5, batch_size=64)
    asked, sent = train(x, config), pickle.loads(pickle.dumps(train(x, config)))
    assert "quality" not in vars(asked)
    assert asked.quality == quality(asked.sae, x) == sent.quality
    assert len(sent.measured) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_one_number_that_is_not_finite_is_found_in_its_row(value: float) -> None:
    x = torch.randn(9, 3, generator=torch.Generator().manual_seed(0))
    assert first_row_not_finite(x) is None
    x[7, 1], x[8, 2] = value, -value  # infinities of both signs, whose sum is no number either
    assert first_row_not_finite(x) == 7


def test_finite_numbers_pass_although_their_sum_overflows() -> None:
    assert first_row_not_finite(torch.full((4, 2), 3e38)) is None
