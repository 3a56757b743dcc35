"""SAELens's own evaluation on an SAE of ours, without a network: a tiny random model, tokens in memory."""

import pytest
import torch

from saelib.sae import SAEConfig, TopK, quality, to_saelens, train

sae_lens = pytest.importorskip("sae_lens", reason="needs the extra interop")

HOOK, K = "blocks.1.hook_resid_pre", 4


@pytest.fixture(scope="module")
def evaluated():
    evals = pytest.importorskip("sae_lens.evals")
    scaler = pytest.importorskip("sae_lens.training.activation_scaler")
    lens, datasets = pytest.importorskip("transformer_lens"), pytest.importorskip("datasets")
    model = lens.HookedTransformer(
        lens.HookedTransformerConfig(
            n_layers=2, d_model=16, n_ctx=32, d_head=8, n_heads=2, d_vocab=50, act_fn="relu", seed=0
        )
    )
    tokens = torch.randint(50, (64, 32), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        points = model.run_with_cache(tokens, names_filter=[HOOK])[1][HOOK].reshape(-1, 16)
    sae = train(points, SAEConfig(64, TopK(K), steps=300, batch_size=256)).sae
    theirs = to_saelens(sae, hook_name=HOOK, model_name="tiny", prepend_bos=False)
    store = sae_lens.ActivationsStore.from_sae(
        model,
        theirs,
        dataset=datasets.Dataset.from_dict({"tokens": tokens.tolist()}),
        context_size=32,
        store_batch_size_prompts=8,
        n_batches_in_buffer=4,
        streaming=False,
    )
    metrics, per_neuron = evals.run_evals(
        theirs,
        store,
        model,
        scaler.ActivationScaler(),
        evals.get_eval_everything_config(
            8, n_eval_reconstruction_batches=2, n_eval_sparsity_variance_batches=8
        ),
        exclude_special_tokens=False,
    )
    return sae, points, metrics, per_neuron


def test_it_measures_what_we_measure_on_the_same_points(evaluated):
    sae, points, metrics, per_neuron = evaluated
    ours = quality(sae, points)
    assert metrics["sparsity"]["l0"] == pytest.approx(ours.l0, rel=1e-5)
    theirs = metrics["reconstruction_quality"]["explained_variance"]
    assert theirs == pytest.approx(ours.explained_variance, abs=1e-4)
    density = sae.active(points).float().mean(dim=0)
    assert torch.allclose(torch.tensor(per_neuron["feature_density"]), density, atol=1e-6)


def test_it_puts_our_reconstruction_into_the_model(evaluated):
    _, _, metrics, _ = evaluated
    kept = metrics["model_behavior_preservation"]
    # No outcome of training is asserted but that a reconstruction is nearer to the model than nothing.
    assert 0 < kept["kl_div_with_sae"] < kept["kl_div_with_ablation"]
