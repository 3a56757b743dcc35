# %% [markdown]
# # The data we know everything about
#
# **Question.** On which data are the claims of this book decided, and what exactly is known about it?
#
# **Short answer.** On four kinds. In a *concept forest* concepts are directions that add up, one inside the other, with known
# probabilities. *Clusters* are clouds whose place and dimension we choose. *Bodies* are regions whose volume we can write down. The
# *digits* are real pictures with labels that a person would give. Every generator returns points **and** the concepts as sets of points,
# so whatever a neuron does can be compared with the truth instead of with a guess.
#
# *Decides:* no claim. *Needs:* {doc}`00_framework`. *Reading time:* 8 minutes, or look up the picture you need.

# %% tags=["parameters"]
n_points: int = 20_000  # points of every synthetic sample
branching: list = [4, 4, 4]  # roots, children a root, grandchildren a child
p_max: float = 0.45  # of the most frequent of siblings, given their parent
p_min: float = 0.10  # of the rarest of siblings, given their parent
seed: int = 0  # of every sample
world_seed: int = 0  # of the directions, the same for training and test points

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from scipy.spatial import ConvexHull

from saelib import plots
from saelib.data.digits import digits
from saelib.data.synthetic import (
    Annulus,
    Ball,
    Blob,
    Box,
    Copula,
    Directions,
    ForestConfig,
    HalfMoon,
    LShape,
    Polytope,
    TwoBalls,
    TwoMoons,
    ZipfFiring,
    clusters,
    coherence,
    collinear,
    concept_forest,
    core_and_shell,
    nested,
    synth_sae_bench,
    welch_bound,
)
from saelib.plots import palette

plots.use_style()

# %% [markdown]
# ## The concept forest
#
# A point is a sum: $x = \sum_i a_i(x)\,v_i + \text{noise}$, where $v_i$ is the direction of concept $i$ and $a_i(x) \ge 0$ says how strongly
# it is present. Which concepts are present follows a forest: a concept can be present only where its parent is. This is the world of
# feature hierarchies in which splitting and absorption {cite:p}`chanin2024absorption` were first seen, with every answer known in advance.
#
# *What it is for:* everything about hierarchy, size and sparsity ({doc}`02_size_and_sparsity`). *How to call it:*

# %%
config = ForestConfig(
    d_in=64,
    branching=tuple(branching),
    firing=ZipfFiring(exponent=1.0, p_max=p_max, p_min=p_min, ranked="siblings"),
    children="exclusive",
    noise=0.02,
    world_seed=world_seed,
)
forest = concept_forest(config, n_points, seed)

# %% [markdown]
# `forest.points` is what an SAE is trained on; `forest.concepts` has the concepts as sets, with names such as `c2.1.3` and parents;
# `forest.directions` and `forest.amplitudes` are the truth behind the points. Another `seed` gives test points of the *same* world.

# %% tags=["remove-cell"]
tree, p = config.tree, config.probabilities
shades = np.array(palette.levels)[tree.levels % len(palette.levels)]
left = np.zeros(len(tree))  # where each bar of the picture begins
for group in (tree.roots, *tree.sibling_groups):
    parent = tree.parents[group[0]]
    room = p[group].sum() * 1.06 if parent < 0 else p[parent]
    gap = (room - p[group].sum()) / (len(group) + 1)
    left[group] = (0 if parent < 0 else left[parent]) + gap * np.arange(1, len(group) + 1)
    left[group] += np.r_[0, np.cumsum(p[group])[:-1]]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Icicle diagram of the concept forest. Dark bars at the bottom are the roots, the first much wider than the last; on each stand four bars that together are narrower than it, and on each of those four more. On the right, measured frequencies of all concepts lie on the diagonal against their exact probabilities, from 1 in 1000 to 45 in 100."}, "figure": {"name": "fig-90-forest", "caption": "The forest, and how often its concepts are on. Left: a bar is as wide as its concept is frequent and stands on its parent, of which it is a part; white gaps are points of the parent in none of its children. Right: the frequency of each concept in the sample against its exact probability, one dot a concept."}}
figure, (ax, check) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.1), width_ratios=[1.9, 1])
ax.bar(left, 0.94, p, tree.levels, align="edge", color=shades, edgecolor="white", linewidth=0.3)
for i in np.flatnonzero(p > 0.08):
    label = f"{tree.names[i]}\n{p[i]:.0%}"
    ax.text(left[i] + p[i] / 2, tree.levels[i] + 0.47, label, color="white", ha="center", va="center", size=7)
ax.set_yticks(np.arange(len(tree.by_level)) + 0.47, range(len(tree.by_level)))
ax.set(xticks=[], ylabel="level", xlabel="width: probability")
ax.grid(visible=False)
ax.spines[:].set_visible(False)
check.plot([p.min(), p.max()], [p.min(), p.max()], color=palette.theory, lw=1)
check.scatter(p, forest.concepts.sizes / n_points, s=14, c=shades, zorder=3)
check.set(xlabel="exact probability", ylabel="frequency in the sample", xscale="log", yscale="log")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
per_point = np.diff(forest.amplitudes.indptr)
print(
    f"concepts {len(tree)}   points {n_points:,}   present at a point {per_point.mean():.2f} (exactly {p.sum():.2f})"
)

# %% [markdown]
# Exclusive children share their parent out among themselves; with `children="independent"` several may be on at once. Each probability
# is *given the parent* unless `probability="marginal"` is asked for, and the exact marginals are in `forest.probabilities` either way.
#
# ### Who is on together, and which directions overlap
#
# Two things make concepts hard to tell apart, and the forest sets them separately: being present *together* (the left picture), and having
# *similar directions* (the right one). Eighty-four directions do not fit orthogonally into 64 dimensions, so some overlap is unavoidable:
# no arrangement has a smaller largest cosine than Welch's bound {cite:p}`welch1974`. By default the directions are pushed apart until they
# come close to it.

# %% tags=["remove-cell"]
order = np.argsort(tree.names)
member = forest.concepts.membership.astype(np.int64)
together = (member.T @ member).toarray()[np.ix_(order, order)]
given = together / np.maximum(together.diagonal()[:, None], 1)
families = {"random": Directions("random"), "spread": Directions("spread")}
drawn = {
    name: how.draw(len(tree), config.d_in, np.random.default_rng(world_seed))
    for name, how in families.items()
}
pairs = np.triu_indices(len(tree), 1)
cosines = pd.DataFrame({name: np.abs(v @ v.T)[pairs] for name, v in drawn.items()})

# %% tags=["hide-input"] mystnb={"image": {"alt": "Left: matrix of the probability that one concept is on given another; four blocks along the diagonal, each with smaller blocks inside, and between the blocks even stripes. Right: histograms of absolute cosines between directions; random ones spread beyond 0.4, spread ones end at 0.07 just beyond the line of the Welch bound."}, "figure": {"name": "fig-90-together", "caption": "Left: how often the concept of a column is on where that of the row is, concepts ordered tree by tree. Blocks are trees; within a block a black column is a parent, and siblings never meet. Right: cosines between all pairs of directions, drawn at random and pushed apart. The line is Welch's bound, which the largest cosine cannot go below."}}
figure, (ax, histogram) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.2), width_ratios=[1.15, 1])
bar = {"label": "P(column on | row on)", "shrink": 0.8}
sns.heatmap(given, ax=ax, cmap=palette.sequential, vmin=0, vmax=1, square=True, cbar_kws=bar)
roots = np.flatnonzero(tree.levels[order] == 0)
names = np.array(tree.names)[order][roots]
ax.set_xticks(roots + 0.5, names)
ax.set_yticks(roots + 0.5, names, rotation=0)
sns.histplot(cosines, bins=60, element="step", alpha=0.25, ax=histogram, palette=palette.cycle[:2])
histogram.axvline(welch_bound(len(tree), config.d_in), color=palette.theory, lw=1.2)
histogram.set(xlabel="|cosine| of two directions", ylabel="pairs of concepts", xlim=(0, None))
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
for name, v in drawn.items():
    print(f"largest |cosine|, {name:6} directions {coherence(v):.3f}")
print(f"Welch bound                        {welch_bound(len(tree), config.d_in):.3f}")

# %% [markdown]
# ### Concepts that like each other's company
#
# In real data concepts of different trees also come together: *winter* with *snow*. A Gaussian copula adds that without touching how
# often each concept fires: each concept draws a number, the numbers share a few common causes, and the concept is on when its number is
# large enough. Below the roots a child's causes are kept at right angles to those of its ancestors, so probabilities stay exact on every
# level of the forest.

# %%
twelve = {
    "d_in": 16,
    "branching": (12,),
    "firing": 0.3,
    "directions": "orthogonal",
    "world_seed": world_seed,
}
alone = concept_forest(ForestConfig(**twelve), n_points, seed)
company = concept_forest(ForestConfig(**twelve, copula=Copula(rank=2, scale=0.6)), n_points, seed)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two matrices of correlations between twelve concepts. Left, without copula: almost white off the diagonal. Right, with copula: clear blue and red cells."}, "figure": {"name": "fig-90-copula", "caption": "Correlation between the presence of twelve roots, each on at 30 % of the points in both worlds. Left: independent. Right: with a copula of two common causes. Red pairs are on together more often than by chance, blue ones less often."}}
figure, axes = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.1))
for ax, sample, title in zip(axes, (alone, company), ("independent", "with a copula"), strict=True):
    correlation = np.corrcoef(sample.concepts.membership.toarray().T)
    np.fill_diagonal(correlation, np.nan)
    look = {"cmap": palette.diverging, "vmin": -0.3, "vmax": 0.3, "square": True, "linewidths": 0.5}
    bar = {"label": "correlation of presence", "shrink": 0.8}
    sns.heatmap(correlation, ax=ax, cbar=ax is axes[1], cbar_kws=bar, **look)
    ax.set(title=title, xlabel="concept", ylabel="concept")
    ax.set_facecolor(palette.muted)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
for name, sample in {"independent": alone, "with a copula": company}.items():
    share = sample.concepts.sizes / n_points
    print(f"{name:14} rarest {share.min():.3f}   most frequent {share.max():.3f}   (exactly 0.300)")

# %% [markdown]
# ### A published benchmark as one setting
#
# SynthSAEBench {cite:p}`chanin2026synthsaebench` is a forest too: 16,384 concepts in 768 dimensions, probabilities that fall with rank as a
# power, siblings that compete for their parent, children scaled by their parents, common causes. `synth_sae_bench()` returns those settings
# at full size, or scaled down as here. At full size this generator has 34.6 concepts on at a point and 25.2 among the 4,096 most frequent;
# the authors state about 34 and about 25.
#
# One thing shows here that the settings do not say. For most parents the power law asks for four children that together are on more often
# than the parent, which siblings that exclude one another cannot be. So children are rarer than aimed at (at full size the aim is 59.1
# concepts on at a point), and a root that is on nearly always brings a whole chain along: the peaks at 4, 8 and 12.

# %%
bench = synth_sae_bench(n_concepts=1024, d_in=128, orthogonalise=False, world_seed=42)
sample = concept_forest(bench, n_points, seed)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Frequency of 1024 concepts by number on log-log axes: the eight roots and the lone concepts at the end lie on the line of the intended power law, all children lie below it by a factor of about two. Right: histogram of the number of concepts on at a point, with peaks at 4, 8 and 12."}, "figure": {"name": "fig-90-bench", "caption": "SynthSAEBench scaled down to 1,024 concepts. Left: how often each concept is on; the line is the power law aimed at. Roots and concepts without relations follow it, children cannot. Right: how many concepts are on at a point; a tree four levels deep adds them by fours."}}
figure, (ax, count) = plt.subplots(1, 2, figsize=(plots.COLUMN, 3.0), width_ratios=[1.6, 1])
rank = np.arange(1, bench.n_concepts + 1)
for level in range(len(bench.tree.by_level)):
    here = bench.tree.by_level[level]
    ax.scatter(
        rank[here],
        sample.concepts.sizes[here] / n_points,
        s=7,
        color=palette.levels[level],
        label=f"level {level}",
    )
ax.plot(rank, bench.firing.resolve(bench.tree), color=palette.theory, lw=1.2, label="aimed at")
ax.set(xscale="log", yscale="log", xlabel="number of the concept", ylabel="frequency")
ax.legend(loc="lower left", markerscale=1.6, fontsize=8)
sns.histplot(
    x=np.diff(sample.amplitudes.indptr),
    discrete=True,
    ax=count,
    color=palette.concept,
    edgecolor="white",
    alpha=0.9,
)
count.set(xlabel="concepts on at a point", ylabel="points")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(
    f"concepts on at a point: mean {sample.amplitudes.nnz / n_points:.2f}, aimed at {bench.firing.resolve(bench.tree).sum():.2f}"
)

# %% [markdown]
# Such a benchmark is trained on more points than fit into memory. `forest_stream(bench, n, seed)` draws the same points as `concept_forest`, a chunk
# at a time and nothing else, and `train` takes it in place of an array ({doc}`25_the_peers_ground` does so with two million points a
# dictionary).
#
# ## Clusters
#
# Here a concept is a cloud, not a direction. Clusters may have fewer dimensions than the space (`rank`), stand in a line, sit inside one
# another, or be hollow.
#
# *What they are for:* the geometry of one neuron. The middle one of three clusters in a line cannot be cut out by any half-space, nor can
# the core of a shell, but a Top-K neuron can do the first. *How to call them:* `clusters(collinear(3), n_points=2000, seed=0)`, or your own
# list of `Blob(centre, std, rank=…, inside=…)` and `Shell(centre, radius)`.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four panels of coloured point clouds: three round clusters in a row; three clusters nested inside each other; a round core inside a ring; three thin line-like clusters at different angles."}, "figure": {"name": "fig-90-clusters", "caption": "Four arrangements of clusters, one colour a cluster. From left to right: three in a line, one inside another (the outer concept contains the inner ones), a core in a shell, and clusters of intrinsic dimension one."}}
thin = [Blob(centre, std=0.5, rank=1) for centre in ((0.0, 0.0), (2.6, 0.3), (1.2, 2.4))]
arrangements = {"in a line": collinear(3), "nested": nested(), "core and shell": core_and_shell()}
arrangements["one-dimensional"] = thin
figure, axes = plt.subplots(1, 4, figsize=(plots.COLUMN, 2.1))
for ax, (title, parts) in zip(axes, arrangements.items(), strict=True):
    cloud = clusters(parts, 900, seed, world_seed=world_seed + 3)
    for j in range(len(parts)):
        ax.scatter(*cloud.points[cloud.labels == j].T, s=3, color=palette.cycle[j], alpha=0.7, linewidths=0)
    ax.set(title=title, xticks=[], yticks=[], aspect="equal")
    ax.set_adjustable("datalim")
    ax.grid(visible=False)
    ax.spines[:].set_visible(True)
plt.show()

# %% [markdown]
# ## Bodies
#
# A body is a concept in the whole space: a region with a formula for its volume. It answers `contains(points)`, `sample(n, seed)`,
# `volume`, `bounding_box` and, where there is a closed form, `hull_volume`.
#
# *What they are for:* approximation. A set cut out by several neurons together is convex, so it must contain the body's convex hull: what
# the hull has too much is an error that no number of neurons removes, and here it is known exactly. *How to call them:*

# %%
gallery = {
    "ball": Ball((0.0, 0.0), 1.0),
    "box": Box((0.0, 0.0), (2.0, 1.2)),
    "polytope": Polytope.regular(7),
    "L-shape": LShape(1.0, 0.4),
    "annulus": Annulus((0.0, 0.0), 0.6, 1.0),
    "half-moon": HalfMoon((0.0, 0.0), 0.6, 1.0),
    "two moons": TwoMoons(0.4),
    "two balls": TwoBalls(2.6, 1.0),
}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Eight plane regions in blue, each with its convex hull in light grey behind it: ball, box, heptagon, L, annulus, half-moon, two interlocking moons, two balls. Above each its area and the share by which the hull is larger."}, "figure": {"name": "fig-90-bodies", "caption": "Eight bodies (blue) in their convex hulls (grey), with exact areas. Where no grey shows, the body is convex, and neurons together can approximate it as closely as one likes; elsewhere they cannot do better than the grey."}}
figure, axes = plt.subplots(2, 4, figsize=(plots.COLUMN, 4.4))
for ax, (name, body) in zip(axes.flat, gallery.items(), strict=True):
    low, high = body.bounding_box
    middle, half = (low + high) / 2, 0.54 * (high - low).max()
    grid = np.stack(np.meshgrid(*np.linspace(middle - half, middle + half, 600).T), axis=-1)
    outline = body.sample(20_000, seed)
    outline = outline[ConvexHull(outline).vertices]
    ax.fill(*outline.T, color="#DADADA", lw=0)
    inside = body.contains(grid.reshape(-1, 2)).reshape(grid.shape[:2])
    ax.contourf(grid[..., 0], grid[..., 1], inside, levels=[0.5, 1.5], colors=[palette.concept])
    excess = body.hull_volume / body.volume - 1
    verdict = "convex" if excess < 1e-9 else f"hull {excess:.0%} larger"
    ax.set_title(f"{name}\narea {body.volume:.3f}, {verdict}", size=8, loc="center", weight="normal")
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print("body           exact  counted   hull")
for name, body in gallery.items():
    low, high = body.bounding_box
    box = np.random.default_rng(seed).uniform(low, high, (200_000, 2))
    print(
        f"{name:12} {body.volume:7.4f}  {body.contains(box).mean() * np.prod(high - low):7.4f} {body.hull_volume:6.4f}"
    )

# %% [markdown]
# All but the moons and the L exist in any dimension, the L as a prism: `Ball((0.0,) * 8)`, `Annulus((0.0,) * 4, 0.6, 1.0)`,
# `LShape(1.0, 0.4, dimension=3)`.
#
# ## Handwritten digits
#
# The first real input: 1,797 pictures of digits, 8 × 8 pixels {cite:p}`alpaydin1998digits`, which come with scikit-learn. Points are the
# pixels, scaled to lie between 0 and 1. The concepts are those a person might name.
#
# *What they are for:* checking on real data what was found on synthetic data ({doc}`03_digits`). *How to call them:*

# %%
data = digits(seed=seed, test_size=0.25)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Top: one handwritten picture of each digit from 0 to 9. Below: a table of dots with a row for each of nine concepts, such as even, loop, prime, and a column for each digit; a filled dot says the concept holds for the digit."}, "figure": {"name": "fig-90-digits", "caption": "One picture of each digit, and below it the concepts that hold for it. Indented concepts are special cases of the one above. Each digit is a concept too, inside *even* or *odd*. *Two loops* is not listed, for it is the same set as *digit 8*."}}
shared = [name for name in data.definitions if not name.startswith("digit")]
parents = {name: data.train_concepts.parents[j] for j, name in enumerate(data.train_concepts.names)}
rows = sorted(
    shared, key=lambda name: (shared.index(name) if parents[name] < 0 else parents[name], parents[name] >= 0)
)
figure = plt.figure(figsize=(plots.COLUMN, 3.6))
grid = figure.add_gridspec(2, 10, height_ratios=[1, 2.6])
for d in range(10):
    ax = figure.add_subplot(grid[0, d])
    ax.imshow(data.train_images[data.train_labels == d][1], cmap="Greys", vmin=0, vmax=1)
    ax.set_axis_off()
ax = figure.add_subplot(grid[1, :])
dots = pd.DataFrame(
    [(d, y, d in data.definitions[name]) for y, name in enumerate(rows) for d in range(10)],
    columns=["digit", "row", "holds"],
)
ax.scatter(
    dots.digit,
    dots.row,
    s=70,
    c=np.where(dots.holds, palette.concept, "white"),
    edgecolors=np.where(dots.holds, palette.concept, "#BBBBBB"),
)
ax.set_yticks(range(len(rows)), [name if parents[name] < 0 else "└ " + name for name in rows])
ax.set(xticks=range(10), xlim=(-0.5, 9.5), ylim=(len(rows) - 0.5, -0.5), xlabel="digit")
ax.grid(visible=False)
ax.spines[:].set_visible(False)
ax.tick_params(length=0)
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(
    f"train {len(data.train_points)}   test {len(data.test_points)}   concepts {data.train_concepts.n_concepts}   pixels {data.train_points.shape[1]}"
)

# %% [markdown]
# A forest allows each concept one parent, and a digit's is its parity. The other inclusions (8 is also inside *loop*) are in
# `data.containment`.
#
# ## What to try
#
# 1. Set `branching` to `[2, 3, 3, 3]` and run this page again: the picture of the forest follows.
# 2. Make the children independent and look at {numref}`fig-90-together` again. Which cells of the matrix are no longer white?
#    :::{dropdown} Solution
#    Those of siblings, inside each block: where one child is on, another is now on with its own probability. Between trees nothing changes.
#    :::
# 3. How far apart can 84 directions be in 32 dimensions? Call `welch_bound(84, 32)`, then `coherence(Directions("spread").draw(84, 32, rng))`.
