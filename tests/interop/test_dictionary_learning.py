"""Against dictionary_learning itself: its classes save, the documented command converts, we read."""

import importlib
import importlib.util
import json
import shlex
import sys
import types

import pytest
import torch

from saelib.errors import InputError
from saelib.sae import load_sae

D_IN, D_SAE, K = 12, 40, 4
X = torch.randn(300, D_IN, generator=torch.Generator().manual_seed(0)) + 0.5


@pytest.fixture(scope="module")
def peer():
    """The module of a class, without the package's own start, which loads what only its training needs."""
    spec = importlib.util.find_spec("dictionary_learning")
    if spec is None:
        pytest.skip("needs dictionary-learning")
    package = types.ModuleType("dictionary_learning")
    package.__path__ = spec.submodule_search_locations
    sys.modules["dictionary_learning"] = package
    yield lambda name: importlib.import_module(f"dictionary_learning.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "dictionary_learning"]:
        del sys.modules[name]


CLASSES = [
    ("dictionary", "AutoEncoder", ()),
    ("dictionary", "AutoEncoderNew", ()),
    ("dictionary", "GatedAutoEncoder", ()),
    ("dictionary", "JumpReluAutoEncoder", ()),
    ("trainers.top_k", "AutoEncoderTopK", (K,)),
    ("trainers.batch_top_k", "BatchTopKSAE", (K,)),
    ("trainers.matryoshka_batch_top_k", "MatryoshkaBatchTopKSAE", (K, [10, 30])),
]


@pytest.mark.parametrize(("module", "kind", "options"), CLASSES, ids=lambda option: str(option))
def test_what_it_saves_is_converted_and_encodes_and_decodes_the_same(
    tmp_path, monkeypatch, peer, module, kind, options
):
    theirs = getattr(peer(module), kind)(D_IN, D_SAE, *options)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in theirs.named_parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator))
            if name == "threshold":
                parameter.abs_()
        if "BatchTopK" in kind:
            theirs.threshold.fill_(0.7)
    torch.save(theirs.state_dict(), tmp_path / "ae.pt")
    trainer = {"dict_class": kind, "activation_dim": D_IN, "dict_size": D_SAE, "k": K, "layer": 3}
    (tmp_path / "config.json").write_text(json.dumps({"trainer": trainer, "buffer": {}}))

    with pytest.raises(InputError, match=r"ae\.pt, a pickle") as caught:
        load_sae(tmp_path)
    _, _, code = shlex.split(caught.value.mend.partition("in that folder: ")[2])
    monkeypatch.chdir(tmp_path)
    exec(code, {})

    if kind == "AutoEncoder":  # the door by which its users get one brings the decoder to unit norm
        theirs = type(theirs).from_pretrained(tmp_path / "ae.pt")
    ours = load_sae(tmp_path)
    with torch.no_grad():
        z = theirs.encode(X)
        x_hat = theirs.decode(z)
    assert 0 < int((z > 0).sum()) < z.numel()
    assert (ours.encode(X) - z).abs().max() <= 1e-5 * z.abs().max()
    assert (ours(X) - x_hat).abs().max() <= 1e-5 * x_hat.abs().max()
