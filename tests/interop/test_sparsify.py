"""Against sparsify itself: it saves, we read."""

import pytest
import torch

from saelib.sae import TopK, load_sae

sparsify = pytest.importorskip("sparsify", reason="needs eai-sparsify")

D_IN, K = 12, 4
X = torch.randn(300, D_IN, generator=torch.Generator().manual_seed(0)) + 0.5


@pytest.mark.parametrize("size", [{"num_latents": 40}, {"expansion_factor": 3}], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_it_saves_encodes_and_decodes_the_same_here(tmp_path, size, dtype):
    theirs = sparsify.SparseCoder(D_IN, sparsify.SparseCoderConfig(k=K, **size), dtype=dtype)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator).to(dtype))
    theirs.save_to_disk(tmp_path / "layers.5")
    ours = load_sae(tmp_path / "layers.5")
    assert ours.gate == TopK(K)
    with torch.no_grad():
        found = theirs.encode(X.to(dtype))
        z = torch.zeros(len(X), ours.d_sae, dtype=dtype).scatter(1, found.top_indices, found.top_acts)
        x_hat = theirs.decode(found.top_acts, found.top_indices)
    assert (ours.encode(X) - z).abs().max() <= 1e-5 * z.abs().max()
    assert (ours(X) - x_hat).abs().max() <= 1e-5 * x_hat.abs().max()
