"""The gates: how a pre-activation becomes an activation.

Absolute gating (ReLU and its kin) lets every neuron decide alone, so its activation set is a half-space.
Relative gating (Top-K) lets neurons compete, so an activation set is a union of cells of the hyperplane
arrangement (theory section 0). One gate a file.
"""

from saelib.sae.gates.batch_top_k import BatchTopK
from saelib.sae.gates.gate import Gate
from saelib.sae.gates.gated import Gated
from saelib.sae.gates.jump_relu import JumpReLU
from saelib.sae.gates.matryoshka import Matryoshka
from saelib.sae.gates.relu import ReLU
from saelib.sae.gates.top_k import TopK

__all__ = ["BatchTopK", "Gate", "Gated", "JumpReLU", "Matryoshka", "ReLU", "TopK"]
