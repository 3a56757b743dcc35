# %% [markdown]
# # Absolute and relative gating
#
# **Question.** Should your neurons decide alone (ReLU) or compete (Top-K)? What can the one represent that the other cannot?
#
# **Short answer.** A neuron that decides alone owns a half-space. Of three copies of a cluster in a row it can never have the middle one: its
# Jaccard index with it stays at or below ½. A neuron that competes for one place owns a cell of a *power diagram*, and any number of concepts can
# have such cells side by side. The price is that concepts which belong together cannot be active together. And what a gate *can*
# represent is not what training finds: trained Top-1 neurons reach {glue:text}`13-middles-TopK-among-mean` on middle clusters, ReLU neurons
# {glue:text}`13-middles-ReLU-among-mean`; but on three clusters alone training with Top-1 misses the middle one too.
#
# *Decides:* {ref}`T6 <claim-T6>`. *Needs:* {doc}`00_framework`, {doc}`10_one_neuron`. *Reading time:* 20 minutes.

# %% tags=["parameters"]
n_points: int = 200_000  # random points at which regions, and as many at which diagrams, are checked
n_triples: int = 200_000  # random triples of half-spaces
n_middles: int = 1_000  # middle clusters for which a separating neuron is asked
n_samples: int = 60  # samples for each number of points in the experiment on few points
n_seeds: int = 5  # trained dictionaries of each kind
steps: int = 800  # training steps of each
seed: int = 0  # every random number below comes from it

# %% tags=["remove-cell"]
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from myst_nb import glue
from scipy.stats import binom

from saelib import SAE, ActivationSets, ConceptSet, ReLU, SAEConfig, TopK, align, claims, plots, train
from saelib.geometry import (
    arrangement_cells,
    power_sites,
    refined_dictionary,
    separate,
    top_one_family,
    voronoi_sae,
)
from saelib.geometry.gating import middles, trials
from saelib.study.seeds import over_seeds

plots.use_style()
rng = np.random.default_rng(seed)
side = np.linspace(-3, 3, 242)  # even, so that no border of a picture falls on the grid
window = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


# %% tags=["remove-cell"]
def dictionary(W, b, gate):
    """An SAE with the encoder given; W has one neuron a column."""
    sae = SAE(2, len(b), gate, dtype=torch.float64)
    sae.W_enc.data[:], sae.b_enc.data[:] = torch.tensor(W, dtype=torch.float64), torch.tensor(b)
    return sae


def seen(sae, *names, at=window):
    """Who fires on the grid of the window, by its own encode: one column a neuron."""
    active = pd.DataFrame(sae.active(at).numpy()[:, : len(names)], columns=list(names))
    return active.assign(x=window[:, 0], y=window[:, 1])


def partition(sae, ax, points=None):
    """The regions of up to seven neurons, each in a colour."""
    colours = dict(zip([f"neuron {j}" for j in range(sae.d_sae)], plots.palette.cycle, strict=False))
    # The first region of a picture gets a wide outline; here an empty one takes it.
    frame = seen(sae, *colours).assign(nowhere=False)
    colours["nowhere"] = plots.palette.muted
    plots.plane(frame, ["nowhere", *list(colours)[:-1]], points=points, colours=colours, legend=False, ax=ax)


def dots(points, member):
    """Data points for a picture."""
    return pd.DataFrame(points, columns=["x", "y"]).assign(concept=member)


# %% [markdown]
# ## The picture first

# %% tags=["remove-cell"]
row = np.array([[-2.0, -0.8], [0.0, 0.0], [2.0, 0.8]])
nearest = voronoi_sae(row)
cluster = np.repeat(range(3), 40)
points = row[cluster] + rng.normal(scale=0.22, size=(120, 2))
in_middle = cluster == 1
reason = separate(points[in_middle], points[~in_middle])
with_an_end = separate(points[cluster != 0], points[cluster == 0]).neuron
alone = dictionary(with_an_end.w[:, None], [with_an_end.b], ReLU())
family = top_one_family(points, cluster)
scores = [
    align(ActivationSets(sae.active(points).numpy()), ConceptSet(in_middle[:, None])).jaccard.max()
    for sae in (alone, nearest)
]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three clusters in a row, the middle one filled blue. Left: an orange half-plane that holds the middle cluster also holds the right one. Right: an orange strip between two parallel lines holds the middle cluster alone."}, "figure": {"name": "fig-13-front", "caption": "Who has the middle one? **Left:** a neuron that decides alone fires on a half-plane, and each half-plane with the middle cluster (blue) holds points of an end; this one takes a whole end along and has a Jaccard index of ½. **Right:** three neurons compete for one place; the middle neuron's region is a strip, its index is 1."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.7))
middle = nearest.active(window).numpy()[:, 1]
pictures = {
    "decides alone (ReLU)": seen(alone, "neuron"),
    "competes (Top-1)": dots(window, middle).rename(columns={"concept": "neuron"}),
}
for ax, (title, frame), score in zip(axes, pictures.items(), scores, strict=True):
    plots.plane(frame, ["neuron"], points=dots(points, in_middle), legend=False, ax=ax)
    ax.set(title=title, xlabel=f"Jaccard index with the middle cluster {score:.2f}")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print("one neuron for the middle:", "impossible" if reason.separable is False else "possible")
rests = len(reason.inside_rows), len(reason.outside_rows)
print(f"certificate: {rests[0]} of its points, {rests[1]} others")
print(f"three that compete: margin {family.margin:.2f}")

# %% [markdown]
# ## Where a competing neuron fires
#
# Let $p_j(x) = \langle w_j, x - b_{\mathrm{dec}}\rangle + b_j$ be the pre-activations of $d$ neurons. With ReLU the activation set of neuron $j$
# is the open half-space $H_j^+ = \{p_j > 0\}$ behind its hyperplane $H_j = \{p_j = 0\}$. With Top-K it fires if $p_j > 0$ and $p_j$ is among the $K$
# largest. A *rival above* is a neuron $i$ with $p_i(x) > p_j(x)$. Where neurons are tied for the last place, the code chooses among them; such points
# form a set without volume (unless two neurons are equal), and we leave them out of the statements.
#
# :::{prf:theorem} T6a: cells [P; the cells made precise, N]
# :label: thm-T6a
# In words: a competing neuron fires on part of its half-space, and that part is made of whole cells; but of the cells cut by the hyperplanes
# *and by the ties*.
#
# In symbols: $\theta_j \subseteq H_j^+$. Cut the space along all hyperplanes $\{p_i = 0\}$ and all ties $\{p_i = p_l\}$, $i < l$. Every open cell of this
# *refined* arrangement lies inside $\theta_j$ or outside it. For the cells of the hyperplanes $H_i$ alone that is true where at most $K$ neurons
# are positive, and in general it is false.
# :::
#
# :::{dropdown} Proof
# $\theta_j \subseteq H_j^+$ holds by definition. On an open cell of the refined arrangement no $p_i$ and no $p_i - p_l$ vanishes (or it vanishes
# identically, for equal neurons). A cell is convex and these are affine functions, so each keeps its sign there: which
# neurons are positive, and in which order they stand, is the same at all its points, and nothing else decides who fires. Where at most $K$ neurons are
# positive they all get a place, so there only the signs of the $p_i$ matter.
#
# *Why not the hyperplanes alone.* On the line let $K = 1$, $p_1 = x$ and $p_2 = 2x - 1$. On the cell $x > \tfrac12$ both are positive. At
# $x = \tfrac34$ neuron 1 fires ($\tfrac34 > \tfrac12$), at $x = 2$ it does not ($2 < 3$). $\square$
# :::

# %% tags=["remove-cell"]
three = dictionary([[0.0, 1.0, -1.0], [1.0, -0.5, -0.5]], [0.75, 0.75, 0.75], TopK(1))
W, b = three.W_enc.detach().numpy(), three.b_enc.detach().numpy()
W_ties, b_ties = refined_dictionary(W, b)
many = rng.normal(scale=3, size=(20_000, 2))
fired = three.active(many).numpy().argmax(axis=1) + ~three.active(many).numpy().any(axis=1) * 3
mixed = {}
for name, (V, c) in {"hyperplanes": (W, b), "hyperplanes and ties": (W_ties, b_ties)}.items():
    cell = list(map(bytes, many @ V + c > 0))
    pairs = pd.DataFrame({"cell": cell, "fired": fired}).drop_duplicates()
    mixed[name] = len(arrangement_cells(V, c)), int((pairs.cell.value_counts() > 1).sum())

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels with the same orange region, a wedge that opens upwards. Left: three grey lines form a triangle, and the region's border runs through the triangle. Right: three more grey lines through the centre; every border of the region lies on a line."}, "figure": {"name": "fig-13-cells", "caption": "The borders of a competing neuron's region are ties. **Left:** the neurons' own hyperplanes; the region of one of three Top-1 neurons (orange) cuts through their cells. **Right:** with the ties drawn as well, every border lies on a line."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.7))
frame = seen(three, "neuron")
frame[[f"line {i}" for i in range(6)]] = window @ W_ties + b_ties
for ax, (name, (cells, cut)), count in zip(axes, mixed.items(), (3, 6), strict=True):
    plots.plane(frame, ["neuron"], lines=[f"line {i}" for i in range(count)], legend=False, ax=ax)
    ax.set(title=name, xlabel=f"{cells} cells, {cut} of them divided")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
for name, (cells, cut) in mixed.items():
    print(f"{name:20} {cells:2} cells, {cut} divided")

# %% [markdown]
# ### What shape is it?
#
# :::{prf:theorem} T6b: level regions [N]
# :label: thm-T6b
# In words: counting rivals is all there is to it. With one place the region is convex; with more it need not be, but a neuron that somewhere wins
# outright has a region that is star-shaped around every place where it wins.
#
# In symbols, let $\theta_j$ be where $p_j > 0$ and at most $K - 1$ of the $p_i$ are above $p_j$.
#
# 1. For $K = 1$ it is the intersection of $d$ half-spaces, $\{p_j > 0\}$ and $\{p_j \ge p_i\}$. Conversely every intersection of $m$
#    half-spaces is, up to its border, the region of one neuron among $m$ in a Top-1 dictionary.
# 2. If $p_j(a) \ge p_i(a)$ for all $i$ and $x \in \theta_j$, then the segment from $x$ to $a$ lies in $\theta_j$, provided $p_j(a) > 0$.
# 3. For $K \ge 2$ it need not be convex; without a place to win it need not even be connected.
# :::
#
# :::{dropdown} Proof
# 1. With $K = 1$ no rival may be above. Conversely let $P = \{f_0 > 0, \dots, f_{m-1} > 0\}$ with affine $f_i$. Take $p_0 = f_0$ and $p_i = f_0 - f_i$
#    for $i \ge 1$. Neuron 0 fires where $f_0 > 0$ and $f_0 \ge f_0 - f_i$, that is $f_i \ge 0$.
# 2. At $x$ at most $K - 1$ rivals are above. For every other neuron $i$ the affine function $p_j - p_i$ is $\ge 0$ at $x$ and at $a$, hence between
#    them. So between them no new rival rises above, and $p_j > 0$ there too.
# 3. *Not convex:* five centres, $c_0 = (0, 0)$ and $(\pm 2, 0)$, $(0, \pm 2)$, with $w_i = c_i$, $b_i = \beta - \lVert c_i\rVert^2/2$. Rival $(2, 0)$ is above
#    neuron 0 where $2x_1 - 2 > 0$, that is $x_1 > 1$, and likewise for the others. With $K = 2$ neuron 0 fires unless two rivals are above: everywhere but
#    on $\{|x_1| > 1, |x_2| > 1\}$ (where $p_0 = \beta > 0$). So $(3, 0)$ and $(0, 3)$ are in $\theta_0$ and their midpoint $(1.5, 1.5)$ is
#    not. *Not connected:* $p_0 = 1$, $p_1 = 2 + x_1$, $p_2 = 2 - x_1$. For $|x_1| < 1$ both rivals are above, for $|x_1| \ge 1$ only one.
#    *More places:* in both examples $p_0$ is constant. Add $K - 2$ neurons with larger constants: each takes one place everywhere. $\square$
# :::

# %% tags=["remove-cell"]
around = np.array([[0.0, 2.0, -2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0, -2.0]])
offsets = 5.0 - (around**2).sum(axis=0) / 2
shapes = {
    "K = 1: convex": dictionary(around, offsets, TopK(1)),
    "K = 2: a star": dictionary(around, offsets, TopK(2)),
    "K = 2, no win": dictionary([[0.0, 1.0, -1.0], [0.0, 0.0, 0.0]], [1.0, 2.0, 2.0], TopK(2)),
}
witnesses = {
    "K = 2: a star": dots([[2.8, 0.0], [0.0, 2.8], [1.4, 1.4]], [True, True, False]),
    "K = 2, no win": dots([[-2.0, 0.0], [2.0, 0.0], [0.0, 0.0]], [True, True, False]),
}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels with the region of one neuron in orange: a square, a cross whose arms reach the edges, and two separate half-planes. In the second and third panel two filled points lie inside the region and the hollow point halfway between them lies outside."}, "figure": {"name": "fig-13-shapes", "caption": "The region of one neuron among five (left, middle) and among three (right). One place gives a convex cell; with two places it is star-shaped around the square where the neuron wins, and where it never wins it can fall apart. Filled points are inside, the hollow one halfway between them is outside."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.7))
for ax, (title, sae) in zip(axes, shapes.items(), strict=True):
    plots.plane(seen(sae, "neuron"), ["neuron"], points=witnesses.get(title), legend=False, ax=ax)
    ax.set_title(title)
plt.show()

# %% [markdown]
# **Held against the code.** `level_regions` says who fires by counting rivals; the SAE's own `encode` sorts. They are compared on random
# dictionaries in 1 to 32 dimensions with 1 to 8 places: Gaussian ones, ones of small whole numbers, where ties abound and are decided
# exactly, and degenerate ones with repeated, opposite and dead neurons. At a tie any choice among the tied is allowed and nothing else.

# %% tags=["hide-input", "nbval-check-output"]
regions = trials.region_trials(n_points, rng)
print(regions.groupby("kind")[["points", "ties", "mismatches"]].sum().to_string())
print(
    claims.record("T6", "region_mismatches", value=int(regions.mismatches.sum()), n=int(regions.points.sum()))
)

# %% [markdown]
# ## One place: power diagrams
#
# Give every centre $c_j$ a weight $\omega_j$ and call $\pi_j(x) = \lVert x - c_j\rVert^2 - \omega_j$ the *power* of $x$; small is near. The points that are
# nearest to $c_j$ form its cell in the *power diagram*; with equal weights it is the Voronoi diagram {cite:p}`aurenhammer1987power`.
#
# :::{prf:theorem} T6c: Top-1 dictionaries are power diagrams [N]
# :label: thm-T6c
# In words: any nearest-centre partition can be had with one neuron for each centre. The formula $w_j = c_j$ that one finds first fails far out, unless the
# origin lies in the hull of the centres; with the decoder bias at the centres' mean it holds everywhere.
#
# In symbols: let $a = b_{\mathrm{dec}}$, $w_j = c_j - a$ and $b_j = (\omega_j - \lVert c_j - a\rVert^2)/2 + \beta$.
# 1. With $q(x) = \lVert x - a\rVert^2/2$ we have $p_j = q - \pi_j/2 + \beta$, so the largest pre-activation belongs to the nearest centre.
# 2. Some $\beta$ makes the winner positive at *every* $x \in \mathbb{R}^n$ if and only if $a$ lies in the convex hull of the centres. For
#    $a = \tfrac1m\sum_j c_j$ it suffices that $\beta$ is above half the mean of $\lVert c_j - a\rVert^2 - \omega_j$ over all $j$.
# 3. Conversely every Top-1 SAE with $d$ neurons is a power diagram of $d + 1$ sites: $b_{\mathrm{dec}} + w_j$ with weight
#    $\lVert w_j\rVert^2 + 2b_j$, and *silence*, the site $b_{\mathrm{dec}}$ with weight 0.
# :::
#
# :::{dropdown} Proof
# 1. $\lVert x - c_j\rVert^2 = \lVert (x - a) - (c_j - a)\rVert^2$ $= \lVert x - a\rVert^2 - 2\langle c_j - a, x - a\rangle$ $+ \lVert c_j - a\rVert^2$. Solve for the
#    inner product. The term $\lVert x - a\rVert^2$ is common to all $j$.
# 2. *If.* Let $a = \sum_j \lambda_j c_j$ with $\lambda_j \ge 0$, $\sum_j\lambda_j = 1$. Then $\sum_j\lambda_j w_j = 0$, so
#    $\sum_j\lambda_j p_j(x) = \sum_j\lambda_j b_j$ is the same number at every $x$, and the largest $p_j$ is at least this mean. Choose $\beta$ so that it
#    is positive; with $\lambda_j = 1/m$ this is the bound stated. *Only if.* Otherwise a hyperplane separates $a$ strictly from the hull: there
#    is a $u$ with $\langle u, c_j - a\rangle < 0$ for all $j$. Then $p_j(a + tu) = t\langle w_j, u\rangle + b_j \to -\infty$ as $t \to \infty$, for all $j$ and any
#    $\beta$. Far out in this direction all neurons are silent.
# 3. Put $c_j = a + w_j$ and $\omega_j = \lVert w_j\rVert^2 + 2b_j$ into 1 with $\beta = 0$: $p_j = \tfrac12(\lVert x-a\rVert^2 - \pi_j)$. Neuron $j$ fires iff
#    $\pi_j$ is least among all and $\pi_j < \lVert x - a\rVert^2$, the power of the site $a$ with weight 0. $\square$
# :::
#
# Part 3 is useful the other way round: it lets you *see* a trained Top-1 SAE as a map with sites, and it says that what the dictionary is silent on is
# one convex cell.

# %% tags=["remove-cell"]
centres = np.array([[0.3, -1.9], [0.5, 0.4], [0.9, 2.2], [1.5, -0.9], [1.9, 1.1], [2.4, -2.2], [2.6, 0.0]])
weights = np.array([0.0, 1.2, 0.0, 1.6, 0.0, 0.8, 0.0])
textbook = dictionary(centres.T, 0.1 - (centres**2).sum(axis=1) / 2, TopK(1))  # b_dec = 0, beta = 0.1
diagrams = {
    "b_dec = 0": textbook,
    "b_dec = mean": voronoi_sae(centres),
    "with weights": voronoi_sae(centres, weights),
}
silent = {title: (~sae.active(window).any(dim=1)).double().mean().item() for title, sae in diagrams.items()}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels with seven hollow centres in the right half. Left: coloured cells around the centres, and a large white area to the left where no neuron fires. Middle: the same cells continued over the whole panel. Right: cells of other sizes, covering the whole panel."}, "figure": {"name": "fig-13-voronoi", "caption": "Each colour is where one Top-1 neuron fires, by the SAE's own `encode`; circles are the centres. **Left:** the construction with decoder bias 0 falls silent (white), whatever its offset, where every centre lies on the other side. **Middle:** with the decoder bias at the mean it is the Voronoi diagram on the whole plane. **Right:** weights move the borders."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.9))
for ax, (title, sae) in zip(axes, diagrams.items(), strict=True):
    partition(sae, ax, dots(centres, False))
    ax.set(title=title, xlabel=f"silent on {silent[title]:.0%}")
plt.show()

# %% [markdown]
# **Held against the code.** Voronoi and power diagrams of 1 to 32 centres in 1 to 32 dimensions, on points among the centres and a thousand times as
# far out. All coordinates are multiples of 1/1024, so that the nearest centre is found in whole numbers, and where two are equally near
# either may win. A mismatch is a point on which not exactly one neuron fires, or the wrong one.

# %% tags=["hide-input", "nbval-check-output"]
diagram_trials = trials.voronoi_trials(n_points, rng)
print(diagram_trials.groupby("kind")[["points", "ties", "mismatches"]].sum().to_string())
print(
    claims.record(
        "T6",
        "voronoi_mismatches",
        value=int(diagram_trials.mismatches.sum()),
        n=int(diagram_trials.points.sum()),
    )
)
sites, omega = power_sites(voronoi_sae(centres))
print(f"sites read back: {np.allclose(sites[:-1], centres, atol=1e-12)}")

# %% [markdown]
# ### Which concepts can share a Top-1 dictionary?
#
# Not every set of disjoint convex concepts can. The condition is a linear program, and if the answer is no there is a reason that can be checked by
# hand.
#
# :::{prf:theorem} T6c, families [N]
# :label: thm-T6c-families
# In words: disjoint concepts have a Top-1 dictionary with a neuron for each unless their points balance against each other.
#
# In symbols: let $C_1, \dots, C_m$ be finite, not empty and disjoint, and $\hat x = (x, 1)$. Exactly one of these exists:
# - a Top-1 SAE with $p_j(x) > p_i(x)$ for all $x \in C_j$, all $i \ne j$;
# - weights $\alpha_{x,i} \ge 0$ for $x \in C_j$, $i \ne j$, not all zero, such that for every concept $l$
#
# $$ \begin{aligned} &\sum_{x \in C_l}\sum_{i \ne l} \alpha_{x,i}\,\hat x \\ &\quad = \sum_{j \ne l}\sum_{x \in C_j} \alpha_{x,l}\,\hat x. \end{aligned} $$
#
# If every $C_j$ is separated from the other concepts by a ReLU neuron, these very neurons are such a Top-1 dictionary.
# :::
#
# :::{dropdown} Proof
# Write $v_j = (w_j, b_j)$, with the decoder bias absorbed. The dictionary asks for
# $\langle v_j - v_i, \hat x\rangle > 0$ for all triples $(x, j, i)$, a finite system of strict linear inequalities in $(v_1, \dots, v_m)$. By
# Gordan's theorem either it has a solution or some non-negative, non-zero combination of its left sides vanishes identically,
# $\sum \alpha_{x,i}\langle v_j - v_i, \hat x\rangle = 0$ for all $v$; not both. Collect the coefficient of each $v_l$: that is the balance. Positivity of
# the winner costs nothing: adding one affine function to all $p_j$ changes no comparison, and {prf:ref}`thm-T6c` says how to choose it. For the last
# sentence: on $C_j$ the separating neuron has $p_j > 0 \ge p_i$. $\square$
# :::
#
# Points in no concept can be left free, asked to be silent (by {prf:ref}`thm-T6c` silence has one convex cell to offer, so they must fit into it), or be given
# spare neurons by naming their parts as further concepts; `top_one_family` does all three.
#
# For two concepts the balance is the meeting of two convex hulls ({prf:ref}`thm-T6d` uses it), and competition adds nothing. From three on it does.
# But it has limits: the bars of a pinwheel are convex, disjoint, any two of them can be separated, and still they have no Top-1 dictionary.

# %% tags=["remove-cell"]
turn = np.array([[0.0, -1.0], [1.0, 0.0]])
pinwheels = {}
for title, reach in {"long bars": 2.0, "short bars": 1.25}.items():
    bar = np.array([[-0.5, 1.0], [reach, 1.0]])
    ends = np.concatenate([bar @ np.linalg.matrix_power(turn, i) for i in range(4)])
    pinwheels[title] = ends, top_one_family(ends, np.repeat(range(4), 2))
balance = pinwheels["long bars"][1]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two pinwheels of four bars. Left: four long bars, each passing the end of the next. Right: shorter bars, each inside a coloured cell of its own."}, "figure": {"name": "fig-13-pinwheel", "caption": "**Left:** four bars, any two of which a line separates, and which no Top-1 dictionary can tell apart. **Right:** somewhat shorter ones have a dictionary; the colours are its neurons' regions, by its own `encode`."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.7))
for ax, (title, (ends, found)) in zip(axes, pinwheels.items(), strict=True):
    if found is balance:
        plots.plane(dots(window, False), points=dots(ends, True), ax=ax)
    else:
        partition(found.sae, ax, dots(ends, True))
    for bar in ends.reshape(4, 2, 2):
        ax.plot(*bar.T, color=plots.palette.concept, linewidth=3)
    ax.set(title=title, xlabel="no Top-1 dictionary" if found is balance else "one neuron each")
plt.show()

# %% [markdown]
# The reason, as `top_one_family` returns it: for each end of a bar, the bar it is compared with and the weight.

# %% tags=["hide-input", "nbval-check-output"]
ends = pinwheels["long bars"][0]
for i, point in enumerate(balance.points):
    where, weight = ends[point], Fraction(balance.weights[i]).limit_denominator(99)
    print(f"bar {balance.owners[i] + 1} at ({where[0]:4.1f}, {where[1]:4.1f})", end=", ")
    print(f"rival {balance.rivals[i] + 1}: {weight}")
print(f"balance verified in fractions: {balance.verify(ends)}")

# %% [markdown]
# ## The middle one
#
# :::{prf:theorem} T6d: a gap between the gatings [N]
# :label: thm-T6d
# In words: what lies between two others is out of reach for a neuron that decides alone, and easy for one that competes.
#
# In symbols: let $A$, $M$, $B$ be finite sets of points, not empty and disjoint; half-spaces are open, and $J$ counts the points of all three.
#
# 1. If a point of the segment from $a \in \operatorname{conv} A$ to $b \in \operatorname{conv} B$ lies in $\operatorname{conv} M$, no half-space contains
#    $M$ and misses $A \cup B$.
# 2. If moreover each point of $M$ is the midpoint of a point of $A$ and one of $B$, and no point of $A \cup B$ is used twice, then
#    $J(\theta, M) \le \tfrac12$ for every half-space $\theta$. There are such sets and half-spaces with equality.
# 3. If the three sets lie inside the open cells of three centres, a Top-1 dictionary of three neurons separates all of them, collinear or not.
# :::
#
# :::{dropdown} Proof
# 1. The common point is a convex combination of points of $M$, where $p > 0$, and one of points of $A \cup B$, where $p \le 0$. The affine function $p$
#    cannot be both at it.
# 2. $p(\tfrac12(a+b))$ $= \tfrac12(p(a) + p(b)) > 0$ makes $p(a) > 0$ or $p(b) > 0$. So $\theta$ contains at least as many points of $A \cup B$ as
#    of $M$, say $t$ of $M$: $J \le t/(|M| + t) \le \tfrac12$ since $t \le |M|$. With $\theta \supseteq M \cup B$, $\theta \cap A = \emptyset$ and $|B| = |M|$,
#    as in {numref}`fig-13-front`, it is ½.
# 3. {prf:ref}`thm-T6c`. $\square$
# :::
#
# *Separates*, not *approximates*: with three neurons the middle region is a slab that reaches to infinity. To be tight around the cluster in the
# whole space it needs rivals on all sides, as many as a unit would need neurons ({prf:ref}`thm-T6b`, part 1).
#
# That three *clusters* are collinear is not enough for part 1 either. Few points in many dimensions do not surround their centre, and then one neuron can
# have the middle cluster after all: on the sample, not in truth. Below, three spherical Gaussian clusters in a row, $N$ points of each.

# %% tags=["remove-cell"]
sizes = {4: [2, 3, 4, 5, 6, 8, 12], 16: [8, 12, 16, 20, 24, 32, 48]}
few = pd.concat(middles.gaussian_middles(n, sizes[n], n_samples, 6.0, rng) for n in sizes)
few["share"] = few.separable / few.trials
few["ratio"] = few.points / few.d_in
few["dimensions"] = few.d_in.map("{} dimensions".format)
curve = pd.DataFrame({"points": np.arange(4, 51)}).assign(ratio=lambda f: f.points / 16)
laws = [
    curve.assign(law="ceiling, 16 dim.", share=1 - (1 - binom.cdf(15, curve.points - 1, 0.5)) ** 3),
    curve.assign(law="random labels, 16 dim.", share=binom.cdf(16, 3 * curve.points - 1, 0.5)),
]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of samples whose middle cluster one neuron separates, over points per cluster divided by dimension. It falls from 1 to 0 around a ratio between one half and one and a half; a black ceiling falls later, between 1.5 and 3."}, "figure": {"name": "fig-13-few", "caption": "With half as many points as dimensions one neuron separates even the middle cluster of almost every sample; with twice as many, of practically none. Solid: ceiling from the probability that a hull misses its centre. Dashed: Cover's count, as if the labels of the $3N$ points were random; a guide, not a bound."}}
ax = plots.theory_and_measured(pd.concat(laws), few, "ratio", "share", line="law", hue="dimensions")
ax.set(xlabel="points in each cluster, per dimension", ylabel="share of samples with a separating neuron")
plt.show()

# %% [markdown]
# ## How many disjoint regions?
#
# :::{prf:theorem} T6e: disjoint regions [N]
# :label: thm-T6e
# In words: in the whole space at most two ReLU neurons can stay out of each other's way. Of Top-1 neurons any number can.
#
# In symbols: two open half-spaces $\{p_1 > 0\}$, $\{p_2 > 0\}$ with $w_1, w_2 \ne 0$ are disjoint iff $w_1 = -c\,w_2$ for some $c > 0$ and
# $b_1 + c\,b_2 \le 0$. No three are pairwise disjoint. The regions of Top-1 neurons always are.
# :::
#
# :::{dropdown} Proof
# If $w_1, w_2$ are linearly independent, the equations $p_1 = p_2 = 1$ have a solution. If $w_1 = c\,w_2$ with $c > 0$, both are positive far out along $w_1$.
# If $w_1 = -c\,w_2$, then $p_1 + c\,p_2$ is the constant $b_1 + c\,b_2$: a common point makes it positive, and if it is positive, a point with
# $p_1 = \tfrac12(b_1 + c\,b_2)$ has $c\,p_2 = \tfrac12(b_1 + c\,b_2)$ too. For three pairwise disjoint ones $w_1 = -c\,w_2$ and $w_2 = -c'w_3$ give
# $w_1 = cc'w_3$ with $cc' > 0$, while disjointness of the first and third asks for a negative factor. One place, one winner: Top-1 regions are
# disjoint. $\square$
# :::

# %% tags=["remove-cell"]
half_planes = dictionary([[-1.0, 1.0, 0.3], [0.2, -0.2, 1.0]], [-0.9, -0.9, -0.9], ReLU())
clockwise = np.deg2rad(np.arange(6) * 60)
ring = np.vstack([np.zeros((1, 2)), 1.8 * np.column_stack([np.cos(clockwise), np.sin(clockwise)])])
honeycomb = voronoi_sae(ring)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: two half-planes that face away from each other and a third that overlaps both. Right: seven coloured cells, a hexagon and six around it."}, "figure": {"name": "fig-13-disjoint", "caption": "**Left:** two half-planes back to back are disjoint; a third meets one of them, here both. **Right:** seven Top-1 neurons with disjoint regions that cover the plane."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.7))
partition(half_planes, axes[0])
partition(honeycomb, axes[1])
axes[0].set(title="decide alone (ReLU)", xlabel="at most two are disjoint")
axes[1].set(title="compete (Top-1)", xlabel="any number")
plt.show()

# %% [markdown]
# **Try to refute it.** Random triples; nearly back to back (one coordinate off by one); exactly back to back; and triples in which two face a third. For
# each pair a common point is computed and substituted, in whole numbers; the pair counts as disjoint if that fails. So a disjoint triple could
# turn up: triples with *two* disjoint pairs do. And for middle clusters as in {prf:ref}`thm-T6d`, part 1, the library's `separate` is
# asked for a neuron, in 1 to 32 dimensions.

# %% tags=["hide-input", "nbval-check-output"]
triples = trials.half_space_trials(n_triples, rng)
asked = middles.middle_trials(n_middles, rng)
by_kind = triples.groupby("kind")[["triples", "none", "one", "two", "three"]].sum()
print(by_kind.rename_axis("disjoint pairs:").to_string())
print(f"middle clusters {asked.instances.sum():,}", end=", ")
print(f"separable {asked.separable.sum()}, undecided {asked.undecided.sum()}")
refuted = int(triples.three.sum() + asked.separable.sum())
tried = int(triples.triples.sum() + asked.instances.sum())
print(claims.record("T6", "disjoint_triples", value=refuted, n=tried))

# %% tags=["remove-cell"]
glue("13-n-regions", f"{regions.points.sum():,}", display=False)
glue("13-n-diagrams", f"{diagram_trials.points.sum():,}", display=False)
glue("13-n-triples", f"{tried:,}", display=False)
glue("13-refuted", f"{refuted}", display=False)
glue("13-mismatches", f"{regions.mismatches.sum() + diagram_trials.mismatches.sum()}", display=False)

# %% [markdown]
# ## The price: no hierarchy
#
# :::{prf:theorem} T6f: competition excludes hierarchy [P for $K = 1$; N]
# :label: thm-T6f
# In words: who competes for one place cannot be active together; so a child's neuron silences its parent's.
#
# In symbols: let $C_1 \supseteq C_2 \supseteq \dots \supseteq C_s$ be concepts with neurons $1, \dots, s$ of a Top-K dictionary. Then
#
# $$ \sum_{i=1}^{s} \mu(C_s \cap \theta_i) \;\le\; K\,\mu(C_s). $$
#
# For a parent and a child and $K = 1$: whatever share of the child its own neuron covers, the parent's neuron misses.
# :::
#
# :::{dropdown} Proof
# At each point of $C_s$ at most $K$ of the $s$ neurons fire. Integrate over $C_s$. This is the sparsity budget {prf:ref}`thm-T5d` for the concepts of
# one chain: all $s$ contain the points of $C_s$, so at least $s - K$ memberships are missed on each of them. $\square$
# :::

# %% tags=["remove-cell"]
parent = rng.normal(scale=0.3, size=(60, 2)) + np.repeat([[-1.2, 0.4], [-0.6, -0.8], [1.9, 0.0]], 20, axis=0)
child = np.arange(60) >= 40
nested = [[1.0, 5.0], [0.0, 0.0]], [2.4, -3.0]
levels = {"ReLU": dictionary(*nested, ReLU()), "Top-1, same weights": dictionary(*nested, TopK(1))}
both = ["parent's neuron", "child's neuron"]
recalls = {title: sae.active(parent[child]).double().mean(dim=0).tolist() for title, sae in levels.items()}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels with the same points, those of the child filled blue. Left: the region of the child's neuron lies inside that of the parent's. Right: the parent's region ends where the child's begins."}, "figure": {"name": "fig-13-hierarchy", "caption": "Parent: all points. Child: the blue ones. **Left:** ReLU regions can be nested. **Right:** with the same weights and one place the parent's neuron is silent wherever the child's fires: absorption by design."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.8))
for ax, (title, sae) in zip(axes, levels.items(), strict=True):
    colours = dict(zip(both, (plots.palette.neuron, plots.palette.cycle[3]), strict=True))
    plots.plane(seen(sae, *both), both, points=dots(parent, child), colours=colours, ax=ax)
    ax.set(title=title, xlabel="of the child: parent {:.0%}, child {:.0%}".format(*recalls[title]))
plt.show()

# %% [markdown]
# ## And what does training find?
#
# That a dictionary exists says nothing about whether training finds it: the loss asks for reconstruction, not for concepts. So we train, in two worlds.
#
# - *Three alone:* two clusters in the plane and the midpoints of their points between them; six neurons.
# - *Among others:* six such triples in eight dimensions, 18 clusters; 36 neurons.
#
# The middle points are exact midpoints, so {prf:ref}`thm-T6d` holds for every ReLU neuron on these very data: Jaccard index at most ½ on the
# middle clusters. ReLU is given five penalties and judged by the one that is best for the middle clusters, chosen after the fact; Top-1 has nothing
# to choose.

# %% tags=["remove-cell"]
worlds = {"three alone": (1, 2, 6), "among others": (6, 8, 36)}
gates = {"ReLU": [(ReLU(), penalty) for penalty in (0.01, 0.1, 0.5, 1.0, 2.0)], "TopK": [(TopK(1), 0.0)]}
rows = []
for world, (lines, d_in, d_sae) in worlds.items():
    for s in range(n_seeds):
        x, label = middles.middle_clusters(lines, d_in, 300, 0.1, np.random.default_rng([seed, s]))
        concepts = ConceptSet(label[:, None] == np.arange(3 * lines))
        for gate, settings in gates.items():
            for form, penalty in settings:
                config = SAEConfig(d_sae, form, steps, 256, s, lr=1e-2, l1_coefficient=penalty)
                sae = train(x.astype(np.float32), config, progress=False).sae
                best = align(ActivationSets.from_sae(sae, x.astype(np.float32), progress=False), concepts)
                best = best.jaccard.max(axis=0)
                ends, between = best[: 2 * lines], best[2 * lines :]
                rows.append((world, gate, penalty, s, ends.mean(), between.mean(), between.max()))
trained = pd.DataFrame(rows, columns=["world", "gate", "penalty", "seed", "ends", "middles", "largest"])

# %% tags=["remove-cell"]
chosen = trained.loc[trained.groupby(["world", "gate", "seed"]).middles.idxmax()]
cells = []
for (world, gate), group in chosen.groupby(["world", "gate"]):
    for kind, ceiling in {"ends": np.nan, "middles": 0.5}.items():
        J, low, high, _ = over_seeds(group[kind])
        cells.append((f"{kind}, {world}", gate, J, max(low, 0), min(high, 1), ceiling))
        key = f"13-{kind}-{gate}-{world.split()[0]}"
        glue(key, f"{J:.2f} [{max(low, 0):.2f}, {min(high, 1):.2f}]", display=False)
        glue(f"{key}-mean", f"{J:.2f}", display=False)
summary = pd.DataFrame(cells, columns=["clusters", "gate", "J", "low", "high", "ceiling"])
glue("13-largest-relu", f"{trained[trained.gate == 'ReLU'].largest.max():.3f}", display=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Best Jaccard index of a neuron with end clusters and middle clusters, for ReLU and Top-K, in two worlds, with intervals over seeds and a short upright line at one half for the middle clusters."}, "figure": {"name": "fig-13-trained", "caption": "Among other clusters, trained Top-1 neurons have the middle ones; ReLU neurons stay below the ceiling of ½ (upright lines) that {prf:ref}`thm-T6d` sets them. Three clusters alone defeat training with either gate. Mean over the clusters of a kind, best neuron for each, intervals over seeds."}}
ax = plots.dots_with_intervals(
    summary, "J", "low", "high", y="clusters", hue="gate", floor="ceiling",
    floor_label="ceiling for ReLU", label_x="Jaccard index of the best neuron",
)  # fmt: skip
ax.set_xlim(0, 1)
plt.show()

# %% tags=["hide-input"]
columns = ["ends", "middles"]
trained.groupby(["world", "gate", "penalty"])[columns].mean().style.format(precision=2).format_index(
    precision=2
)

# %% [markdown]
# The largest Jaccard index of any trained ReLU neuron with any middle cluster, over all penalties and seeds, is {glue:text}`13-largest-relu`.
#
# *Among others*, competition pays: the best Top-1 neuron of a middle cluster has a mean index of {glue:text}`13-middles-TopK-among`, the best ReLU neuron
# {glue:text}`13-middles-ReLU-among`. On the ends, which a half-space *can* have, the gates are at
# {glue:text}`13-ends-TopK-among` and {glue:text}`13-ends-ReLU-among`.
#
# *Three alone*, competition does not pay: {glue:text}`13-middles-TopK-three` on the middle and {glue:text}`13-ends-TopK-three` on the
# ends, although a dictionary with index 1 exists. The loss does not ask for it. A Top-1 dictionary reconstructs a point on a ray from
# $b_{\mathrm{dec}}$; all three clusters lie along one line, two rays cover a line, and a neuron for the middle alone saves almost nothing. Where the
# clusters lie in different directions, as in the other world, each is worth a ray of its own. So T6 says what a gate *can* represent, and
# the loss decides which of it is used.

# %% [markdown]
# ## What we found
#
# - On {glue:text}`13-n-regions` points the code of Top-K agrees with the count of rivals, ties included; on {glue:text}`13-n-diagrams` points the
#   constructed dictionaries agree with the nearest centre. Mismatches: {glue:text}`13-mismatches`.
# - Of {glue:text}`13-n-triples` triples of half-spaces and middle clusters {glue:text}`13-refuted` refuted {prf:ref}`thm-T6e` or {prf:ref}`thm-T6d`.
# - Three statements are not quite true as one first writes them down. The cells in {prf:ref}`thm-T6a` are those of the hyperplanes *and the ties*. The Voronoi construction
#   with $w_j = c_j$ works on the whole space only if the decoder bias, there the origin, lies in the hull of the centres ({prf:ref}`thm-T6c`). And a Top-1 neuron *separates* the middle
#   of three clusters; to *approximate* it in the whole space it needs rivals on all sides. For the ReLU side, collinear centres are not
#   enough: with few points in many dimensions one neuron separates the sample.
#
# ## What it means for your SAE
#
# - **A concept between others asks for competition.** If `separate` gives a certificate against a concept, no ReLU neuron will ever have it, however long
#   you train; a Top-K neuron may, and so may a unit of ReLU neurons.
# - **A concept above others asks for independence.** Parents and children, topics and subtopics: with few places the child silences the parent.
# - **Read a Top-1 dictionary as a map.** `power_sites` gives its sites, among them that of silence. What is silent is one convex cell.
# - **Do not trust separability on few points.** With fewer points than about $1.5\,n$ per cluster a separating neuron says little about the concept;
#   ask again on fresh points.
# - **Check the decoder bias.** A Top-1 dictionary whose $b_{\mathrm{dec}}$ lies outside the hull of its sites is silent far out in some direction: good if you want novel
#   inputs rejected, bad if you want them classified.
#
# ## Exercises
#
# 1. Check the balance of the pinwheel for bar 1, by hand, from the list above.
#    :::{dropdown} Solution
#    Add up weight times $(x_1, x_2, 1)$ over the lines in which bar 1 owns the point: $\tfrac16(-0.5, 1, 1) + \tfrac1{12}(2, 1, 1) = (\tfrac1{12}, \tfrac14, \tfrac14)$. Over
#    the lines in which it is the rival: $\tfrac16(1, 0.5, 1) + \tfrac1{12}(-1, 2, 1) = (\tfrac1{12}, \tfrac14, \tfrac14)$. The other bars follow by turning.
#    :::
# 2. A ReLU dictionary in the plane has three live neurons. Show that some point activates two of them.
#    :::{dropdown} Solution
#    Otherwise the three half-planes would be pairwise disjoint, against {prf:ref}`thm-T6e`.
#    :::
# 3. How many rivals does a Top-1 neuron need for a region that is a square? And a ReLU unit?
#    :::{dropdown} Solution
#    Three rivals and its own threshold, or four rivals: {prf:ref}`thm-T6b`, part 1. An AND-unit needs four neurons. The rivals can be shared with other
#    regions: in a honeycomb every neuron is a rival of its neighbours.
#    :::
# 4. A trained Top-1 dictionary never fires near the origin. Is that a fault?
#    :::{dropdown} Solution
#    Look at the site of silence, `power_sites(sae)[0][-1]`, which is $b_{\mathrm{dec}}$. A point $x$ is silent iff all $p_j(x) \le 0$; points near $b_{\mathrm{dec}}$ are
#    reconstructed well by $b_{\mathrm{dec}}$ alone, so the loss has no reason to spend a neuron on them. A concept there has the silence of all neurons as its only
#    sign.
#    :::
