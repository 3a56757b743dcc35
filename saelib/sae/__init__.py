"""Sparse autoencoders: the model, its gates, its training and its files."""

from saelib.sae.config import SAEConfig
from saelib.sae.files import load_sae, save_sae
from saelib.sae.gates import BatchTopK, Gate, Gated, JumpReLU, Matryoshka, ReLU, TopK
from saelib.sae.grid import train_grid
from saelib.sae.interop import to_saelens
from saelib.sae.model import SAE
from saelib.sae.quality import Quality, quality
from saelib.sae.training import TrainResult, train, train_together

__all__ = [
    "SAE",
    "BatchTopK",
    "Gate",
    "Gated",
    "JumpReLU",
    "Matryoshka",
    "Quality",
    "ReLU",
    "SAEConfig",
    "TopK",
    "TrainResult",
    "load_sae",
    "quality",
    "save_sae",
    "to_saelens",
    "train",
    "train_grid",
    "train_together",
]
