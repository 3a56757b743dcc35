# %% [markdown]
# # The framework
#
# **Question.** What does it mean that a neuron of a sparse autoencoder has *learned* a concept?
#
# **Short answer.** A concept is a set of points, and so is the set of points on which a neuron fires. Learning is how well the two
# sets line up, and there are three ways to demand it: the neuron's set *covers* the concept, it equals the concept *on the data*, or
# it equals the concept *in the whole space*. Everything else in this book is counted from where two sets overlap.
#
# *Decides:* no claim; it fixes the words in which the others are made. *Needs:* sets, half-planes and percentages. *Reading time:* 12 minutes.

# %% tags=["parameters"]
n_points: int = 400  # data points in the pictures
resolution: int = 301  # points a side of the grid for the plane
seed: int = 0  # of the data points

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from myst_nb import glue

from saelib import SAE, ActivationSets, ConceptSet, ReLU, TopK, align, plots
from saelib.data.synthetic import Blob, clusters

plots.use_style()


# %% [markdown]
# ## One picture first
#
# The blue region is a concept: say, all inputs about *dogs*. The dots are data: blue ones are about dogs, hollow ones are not. In each
# panel the orange region is where one neuron fires. All three neurons fire on every dog. Whoever looks only at what a neuron fires on
# most strongly cannot tell them apart.

# %% tags=["remove-cell"]
with_data = [[-1.5, 0.2], [1.6, 1.7], [2.1, -1.0], [0.2, -2.2]]
without_data = [[-3.8, 0.5], [-1.7, 2.9], [-2.3, -2.7], [0.9, 0.4]]
centres = np.array(with_data + without_data)
data = clusters([Blob(tuple(c), std=0.33) for c in with_data], n_points, seed).points.astype(np.float64)
axis = np.linspace(-4.0, 3.5, resolution)
plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


# %% tags=["remove-cell"]
def in_concept(x):
    """The concept: all of the plane that is nearer to the first centre than to any other."""
    return ((x[:, None, :] - centres) ** 2).sum(axis=2).argmin(axis=1) == 0


def sae_with(encoder, bias, gate):
    """An SAE with a given encoder, in double precision: one column of ``encoder`` a neuron."""
    sae = SAE(2, encoder.shape[1], gate, dtype=torch.float64)
    sae.W_enc.data, sae.b_enc.data = torch.as_tensor(encoder), torch.as_tensor(bias)
    return sae


# %% tags=["remove-cell"]
absolute = sae_with(np.array([[-1.0, -1.0], [0.0, 0.5]]), np.array([1.55, -0.35]), ReLU())
relative = sae_with(centres.T, 20.0 - (centres**2).sum(axis=1) / 2, TopK(1))
neurons = {"detects": (absolute, 0), "separates": (absolute, 1), "approximates": (relative, 0)}


def aligned(x, sae, measure):
    """Alignment of an SAE with the concept over the given points."""
    activations = ActivationSets.from_sae(sae, x, progress=False)
    return align(activations, ConceptSet(in_concept(x)[:, None], names=["dogs"]), measure=measure)


# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels of the plane with the same blue concept region and the same data points. Left: an orange half-plane covers the concept and several clusters of other points. Middle: an orange half-plane covers the concept's points and no others, but also much empty space. Right: the orange region coincides with the concept."}, "figure": {"name": "fig-00-three-notions", "caption": "Three neurons fire on every point of the concept, and only one of them means it. The left one also fires on other data; the middle one fires on nothing else *in the data*, but would on any input far to the left; the right one fires on the concept and nowhere else. Blue: the concept and its points. Orange: where the neuron fires. The numbers are computed from the sets."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 3.0))
points = pd.DataFrame({"x": data[:, 0], "y": data[:, 1], "concept": in_concept(data)})
for ax, (verb, (sae, j)) in zip(axes, neurons.items(), strict=True):
    fires = sae.active(plane)[:, j].numpy()
    grid = pd.DataFrame({"x": plane[:, 0], "y": plane[:, 1], "concept": in_concept(plane), "neuron": fires})
    plots.plane(grid, ["concept", "neuron"], points=points, legend=False, ax=ax)
    on_data, in_space = aligned(data, sae, "data"), aligned(plane, sae, "ambient")
    ax.set_title(f"{verb} the concept")
    rates = f"recall {on_data.recall[j, 0]:.2f}, leak {on_data.leak[j, 0]:.2f}"
    ax.set_xlabel(f"{rates}\ndistance in space {1 - in_space.jaccard[j, 0]:.2f}")
plt.show()

# %% [markdown]
# ## Concepts and activation sets
#
# Let $x \in \R^n$ be an activation vector of some network, $X$ the *data*: a finite sample of such vectors, and $\mu$ the share of the
# sample that a set holds, its *frequency*. Nothing more is asked of the network.
#
# :::{prf:definition} Concept [P]
# :label: def-concept
# In words: a human concept is everything it applies to.
#
# In symbols: a concept $C$ is a set of points of $\R^n$. On the data it is the set $C \cap X$, which a list of labels gives. Concepts may
# overlap and may contain one another. A family of concepts is written $\mathcal{C}$, and $s(x)$ is the number of concepts that contain $x$.
# :::
#
# A sparse autoencoder {cite:p}`bricken2023monosemanticity,cunningham2023sparse` with $d$ neurons computes *pre-activations*
# $p_j(x) = \inner{w_j, x - b_{\mathrm{dec}}} + b_j$, turns them into activations $z_j(x) \ge 0$ by a *gate*, and reconstructs $x$ from
# those. What it reconstructs plays no part in what a neuron means. What counts is where it fires:
#
# :::{prf:definition} Activation set [P]
# :label: def-activation-set
# In words: a neuron is everything it fires on.
#
# In symbols: the activation set of neuron $j$ is $\theta_j = \{x : z_j(x) > t_j\}$, with the threshold $t_j = 0$ unless another is given.
# The number of neurons that fire on $x$ is $L_0(x)$.
# :::
#
# So a dictionary is a family of sets, a human's concepts are a family of sets, and both live over the same points. In code these are
# {py:class}`~saelib.ActivationSets` and {py:class}`~saelib.ConceptSet`, two tables of yes and no.

# %% [markdown]
# ## What shapes a neuron can have
#
# Which sets a neuron can fire on depends on its gate, and this is where geometry comes in.
#
# :::{prf:definition} Absolute and relative gating [P]
# :label: def-gating
# In words: either each neuron decides alone whether it fires, or the neurons compete.
#
# In symbols: write $H_j^+ = \{x : p_j(x) > 0\}$, an open half-space. Gating is *absolute* if $z_j(x)$ is a function of $p_j(x)$ alone, as with
# ReLU; then $\theta_j = H_j^+$. It is *relative* if $z_j(x)$ also depends on the other pre-activations, as with Top-K
# {cite:p}`makhzani2014ksparse,gao2024scaling`, where only the $K$ largest of them survive; then $\theta_j \subseteq H_j^+$.
# :::
#
# JumpReLU and Gated autoencoders {cite:p}`rajamanoharan2024jumping,rajamanoharan2024gated` gate absolutely: with a higher threshold the
# half-space is smaller, but a half-space it stays. BatchTopK {cite:p}`bussmann2024batchtopk` gates relatively.
#
# The next picture takes *one* encoder with eight neurons and puts three gates on it. Under ReLU the marked neuron fires on a
# half-plane whatever the others do. Under Top-1 it fires where it is the strongest, which is a convex cell. Under Top-2 it fires
# where at most one rival is stronger, which is a union of cells and has dents.

# %% tags=["remove-cell"]
bias = 2.2 - (centres**2).sum(axis=1) / 2
gates = {"ReLU: half-planes": ReLU(), "Top-1: convex cells": TopK(1), "Top-2: cells with dents": TopK(2)}
marked = 7  # the neuron whose centre lies in the middle of the others
everyone = sae_with(centres.T, bias, ReLU()).pre_acts(plane).detach().numpy()
lines = {f"p{j}": everyone[:, j] for j in range(len(centres))}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels of the plane with the same eight thin lines. Left: the orange region is a half-plane bounded by one of the lines. Middle: the orange region is a small convex polygon. Right: the orange region is larger, a polygon with dents."}, "figure": {"name": "fig-00-gating", "caption": "The same neuron of the same encoder under three gates: alone it owns a half-plane, in competition a cell. Orange: where the marked neuron fires. Thin lines: where a neuron's pre-activation is zero. Every region is computed by running the autoencoder on a grid of the plane."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.75))
area = {}
for ax, (title, gate) in zip(axes, gates.items(), strict=True):
    active = sae_with(centres.T, bias, gate).active(plane).numpy()
    grid = pd.DataFrame({"x": plane[:, 0], "y": plane[:, 1], "neuron": active[:, marked], **lines})
    plots.plane(grid, ["neuron"], lines=list(lines), legend=False, ax=ax)
    ax.set_title(title)
    ax.set_xlabel(f"neurons firing at once: up to {active.sum(axis=1).max()}")
    area[title.split(":")[0]] = active[:, marked].mean()
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
for gate, share in area.items():
    print(f"{gate:6} the marked neuron fires on {share:6.1%} of the square")

# %% [markdown]
# Two consequences can be read off. First, a ReLU neuron can never be tight around a bounded concept: a half-space goes on for ever.
# Second, Top-K can be tight, but it pays: at most $K$ neurons fire on any point, so where a point lies in more than $K$ concepts,
# somebody has to stay silent. Both will be theorems.

# %% [markdown]
# ## Four counts say it all
#
# Take one neuron and one concept. Every point is in one of four boxes, according to whether the neuron fires and whether the concept
# applies. All quantities of this book that concern a pair are ratios of these four counts:
#
# | quantity | in words | formula |
# | --- | --- | --- |
# | recall $\rho$ | share of the concept on which the neuron fires | $\mu(\theta\cap C)/\mu(C)$ |
# | leak $\lambda$ | share of everything else on which it fires too | $\mu(\theta\setminus C)/\mu(X\setminus C)$ |
# | precision | share of the neuron's firing that is on the concept | $\mu(\theta\cap C)/\mu(\theta)$ |
# | Jaccard index $J$ | what both share, out of what either has | $\mu(\theta\cap C)/\mu(\theta\cup C)$ |
#
# The *Jaccard distance* $1 - J$ is 0 for equal sets and 1 for disjoint ones. A neuron that never fires is *dead*; its recall,
# precision and Jaccard index are 0 by convention, never undefined. (Two empty sets are equal, so their Jaccard index is 1.)

# %% tags=["hide-input", "nbval-check-output"]
print(f"{'the one that':14}  both  neuron only  concept only  neither      J")
for verb, (sae, j) in neurons.items():
    pair = aligned(data, sae, "data")
    both, theta, concept = pair.counts[j, 0], pair.neuron_sizes[j], pair.concept_sizes[0]
    neither = pair.total - theta - concept + both
    four = f"{both:6}{theta - both:13}{concept - both:14}{neither:9}"
    print(f"{verb:14}{four}{pair.jaccard[j, 0]:9.3f}")
glue("n-dogs", int(concept), display=False)
glue("leak-detects", f"{aligned(data, absolute, 'data').leak[0, 0]:.0%}", display=False)

# %% [markdown]
# The second and the third neuron have the same four counts: *on the data* they are the same set. The first fires on all
# {glue:text}`n-dogs` dogs as well, and on {glue:text}`leak-detects` of the other points.

# %% [markdown]
# ## The three notions
#
# :::{prf:definition} Detection [P], with tolerance [N]
# :label: def-detection
# In words: whenever the concept applies, the neuron fires.
#
# In symbols: $\theta$ *detects* $C$ if $\mu(C \setminus \theta) = 0$. With tolerance $\delta$: recall $\rho \ge 1 - \delta$.
# :::
#
# :::{prf:definition} Separation [P], with tolerances [N]
# :label: def-separation
# In words: on the data, the neuron fires when the concept applies and never otherwise.
#
# In symbols: $\theta$ *separates* $C$ if it detects $C$ and $\mu(\theta \setminus C) = 0$. With tolerances $\delta, \varepsilon$:
# $\rho \ge 1 - \delta$ and leak $\lambda \le \varepsilon$.
# :::
#
# :::{prf:definition} Approximation [P], with tolerance [N]
# :label: def-approximation
# In words: the neuron fires when the concept applies and never otherwise, on the data and off it, so that it turns novel inputs away.
#
# In symbols: let $\nu$ be a measure on the whole space, the *ambient measure*. $\theta$ *approximates* $C$ if
# $\nu(\theta \mathbin{\triangle} C) = 0$. With tolerance $\eta$: $\nu(\theta \mathbin{\triangle} C)/\nu(\theta \cup C) \le \eta$.
# :::
#
# Here $\theta \mathbin{\triangle} C$ is where exactly one of the two applies. The tolerance of approximation is a Jaccard distance under
# $\nu$. On a sample one can compute the Jaccard distance under $\mu$ instead, which says something weaker: how tight the neuron is *among
# the inputs that occur*. The two are never mixed here: an {py:class}`~saelib.Alignment` knows whether its points are data or fill the space.

# %% tags=["hide-input", "nbval-check-output"]
print(f"{'the one that':14} detection  separation  approximation")
for verb, (sae, j) in neurons.items():
    on_data, in_space = aligned(data, sae, "data"), aligned(plane, sae, "ambient")
    learned = [on_data.detected()[j, 0], on_data.separated()[j, 0], in_space.approximated(0.01)[j, 0]]
    yes_no = ["yes" if each else "no" for each in learned]
    print(f"{verb:14} {yes_no[0]:10} {yes_no[1]:11} {yes_no[2]}")

# %% [markdown]
# Each notion contains the one before it. By how much one falls short of the next, and what tolerance in one buys in
# another, is the subject of {doc}`01_three_notions`.

# %% [markdown]
# ## Two directions
#
# Between two families of sets there are two questions. *Learning* goes from concepts to neurons: which neuron is best for this concept?
# *Interpretation* goes from neurons to concepts: which concept is the best name for this neuron? "Best" is by a score, the Jaccard
# index unless another is named. The answers need not agree: the best neuron for *dog* may be best described as *animal*. In code:
# {py:meth}`~saelib.Alignment.learn` and {py:meth}`~saelib.Alignment.interpret`.

# %% [markdown]
# ## Whose statement is it?
#
# The frame is that of *A Geometric View for Understanding Concept Learning and Neuron Interpretation in Sparse Autoencoders*
# {cite:p}`zhang2026geometric`. Only its public abstract and public summaries were at hand when this book was written. Statements marked
# **[P]** are therefore *our own formal renderings of a public summary*: the idea is known to be the paper's; the symbols, the wording and
# the proofs are ours, and so are their faults. Statements marked **[N]** are added by this book: tolerances, constants, bounds, examples,
# checks. Nobody should take them for the paper's.

# %% [markdown]
# ## What it means for your SAE
#
# - You need two things to use this frame: labels for your concepts, and the list of neurons that fire on each point. Weights, activations'
#   strengths and the way it was trained are not needed. `saelib.align` takes it from there.
# - Never judge a neuron by what it fires on most strongly. Count both kinds of error: what it misses and what it leaks.
# - If you want to *monitor* (does the concept occur?), detection with a small leak will do. If you want to *steer* or to *edit*, or if your
#   inputs may leave the training distribution, you need approximation, and no ReLU neuron has it for a bounded concept.

# %% [markdown]
# ## Exercises
#
# 1. A neuron fires on 30 points, a concept has 40, they share 24, and there are 1,000 points. Compute the four ratios.
#
#    :::{dropdown} Solution
#    Recall $24/40 = 0.6$. Leak $6/960 = 0.00625$. Precision $24/30 = 0.8$. Jaccard index $24/(30 + 40 - 24) = 24/46 \approx 0.52$.
#    :::
#
# 2. Show that the activation sets of two ReLU neurons with $w_2 = -w_1$ can be disjoint. Can those of three ReLU neurons be pairwise
#    disjoint?
#
#    :::{dropdown} Solution
#    With thresholds such that $p_1(x) = \inner{w, x} - 1$ and $p_2(x) = -\inner{w, x} - 1$, both cannot be positive. Three cannot be pairwise
#    disjoint: if two half-spaces are disjoint their normals are antiparallel (otherwise a direction $u$ exists with $\inner{w_1, u} > 0$ and
#    $\inner{w_2, u} > 0$, and far along $u$ both fire). A third normal would be antiparallel to both, but those point in opposite directions.
#    :::
#
# 3. Why is a Top-1 cell convex?
#
#    :::{dropdown} Solution
#    Neuron $j$ fires where $p_j(x) > 0$ and $p_j(x) \ge p_l(x)$ for every rival $l$. Each condition is a half-space (the difference of two affine
#    functions is affine), and an intersection of half-spaces is convex. For Top-2 the condition is that *at most one* rival is above: a
#    union over which rival that is, and unions of convex sets need not be convex.
#    :::
