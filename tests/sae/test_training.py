"""Training: it learns, it is deterministic, it refuses bad input, it revives the dead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from saelib.errors import InputError
from saelib.sae import SAE, ReLU, SAEConfig, TopK, train, train_grid
from saelib.sae.adam import NAMES, Adam
from saelib.sae.gradients import gradients
from saelib.sae.reviving import resample
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
    ],
    ids=["TopK", "ReLU"],
)
def test_planted_orthogonal_dictionary_is_reconstructed(config):
    result = train(planted(), config)
    assert result.quality.explained_variance > 0.97
    assert result.quality.l0 < 3.0


@pytest.mark.parametrize("gate", [ReLU(), TopK(2)], ids=str)
def test_the_same_seed_gives_the_same_weights_bit_for_bit_and_another_seed_others(gate):
    config = SAEConfig(d_sae=16, gate=gate, steps=60, batch_size=256, l1_coefficient=0.05, dead_after=10)
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


def test_double_precision_points_give_a_double_precision_sae():
    assert (
        train(planted(256).astype(np.float64), SAEConfig(d_sae=4, gate=ReLU(), steps=3)).sae.W_dec.dtype
        == torch.float64
    )


def stillborn(*args, **kwargs) -> SAE:
    """An SAE half of whose neurons cannot fire on any point when training starts."""
    sae = SAE(*args, **kwargs)
    with torch.no_grad():
        sae.b_enc[: sae.d_sae // 2] = -4.0
    return sae


@pytest.mark.parametrize("gate", [TopK(2), ReLU()], ids=str)
def test_neurons_that_start_dead_are_revived_and_put_to_use(gate, monkeypatch):
    monkeypatch.setattr("saelib.sae.training.SAE", stillborn)
    config = SAEConfig(d_sae=16, gate=gate, steps=900, batch_size=256, lr=1e-2, dead_after=50)
    config = replace(config, l1_coefficient=0.2 if gate == ReLU() else 0.0)
    without = train(planted(), replace(config, revive=False))
    revived = train(planted(), config)
    assert without.n_dead == 8
    assert revived.n_dead <= 4
    assert revived.quality.explained_variance > without.quality.explained_variance + 0.1


def test_resampled_neurons_point_at_residuals_and_forget_their_moments():
    x = torch.from_numpy(planted(128))
    sae = SAE(12, 6, ReLU())
    optimiser = Adam(sae)
    g = gradients(sae, x)
    optimiser.step(g, lr=1e-3)
    before = sae.W_dec.detach().clone()
    dead = torch.tensor([True, False, False, True, False, False])
    resample(sae, x, g.residual, dead, optimiser, torch.Generator().manual_seed(0))
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
        mine.step(gradients(ours, x, 0.1), lr)
        g = gradients(theirs, x, 0.1)
        for name in NAMES:
            getattr(theirs, name).grad = getattr(g, name).contiguous()
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
    assert config.l1_at(99) == config.l1_coefficient


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
