# %% [markdown]
# # Tight in the whole space
#
# **Question.** Several neurons together can own a concept on the data. How many does it take to be tight around it in the *whole* space,
# so that inputs nobody has seen are turned away as well?
#
# **Short answer.** A unit of neurons that must all fire can come as close as you like to a concept if and only if the concept is convex.
# Around a nonconvex concept it pays for the whole convex hull, and that price is known exactly. Around a convex concept everything
# depends on its border. Flat sides are free: a box of dimension $r$ takes $2r$ neurons and no error is left. A round border is expensive:
# the error falls like $|M|^{-2/(r-1)}$ in the number $|M|$ of neurons and no faster. Around a ball of four dimensions 10 % of error takes
# {glue:text}`12-needed-4` neurons, in sixteen {glue:text}`12-needed-16`.
#
# *Decides:* {ref}`T4 <claim-T4>`. *Needs:* {doc}`00_framework`. *Reading time:* 20 minutes.

# %% tags=["parameters"]
n_samples: int = 400_000  # random points behind each sampled volume
confidence: float = 0.95  # level of the intervals over seeds
seed: int = 0  # every random number below comes from it

# %% tags=["remove-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from myst_nb import glue

from saelib import claims, plots, study
from saelib.data.synthetic.bodies import Annulus, Ball, Box, LShape, TwoBalls
from saelib.geometry import irreducible_error, polytopes
from saelib.study.seeds import over_seeds

plots.use_style()
disk, window = Ball((0.0, 0.0), 1.0), Box((-2.1, -2.1), (2.1, 2.1))
colours = {"excess": plots.palette.neuron, "concept": plots.palette.concept}

# %% [markdown]
# ## One picture first
#
# The concept is a disk. Each neuron fires on a half-plane that just contains it; the *unit* fires where all of its neurons do. What the
# unit fires on beyond the disk is its error. With three neurons the error is more than half of the disk. With twelve you have to look
# for it.

# %% tags=["remove-cell"]
side = np.linspace(-2.1, 2.1, 401)
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def picture(body, unit):
    """On a grid: where the body is, and where else its unit fires."""
    grid = pd.DataFrame({"x": plane[:, 0], "y": plane[:, 1], "concept": body.contains(plane)})
    fires = np.all([neuron.fires(plane) for neuron in unit], axis=0)
    return grid.assign(excess=fires & ~grid.concept)


# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels with the same blue disk. Around it a triangle, a hexagon and a regular polygon of twelve sides, whose sides touch the disk; what they have beyond the disk is orange. Thin grey lines continue the sides."}, "figure": {"name": "fig-12-disk", "caption": "Every neuron cuts something off; the more there are, the less is left to cut. Blue: the concept. Orange: where the unit fires without it, the excess; its share of the disk is computed exactly. Grey: where a single neuron starts to fire."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.75))
excess = {}
for ax, m in zip(axes, (3, 6, 12), strict=True):
    unit = polytopes.supporting_unit(disk, polytopes.spread_directions(m, 2, seed))
    borders = {f"p{j}": neuron.pre_acts(plane) for j, neuron in enumerate(unit)}
    grid = picture(disk, unit).assign(**borders)
    error = polytopes.symmetric_difference(unit, disk, window)
    excess[m] = error.value * window.volume / disk.volume
    plots.plane(grid, ["excess", "concept"], lines=list(borders), colours=colours, legend=m == 12, ax=ax)
    ax.set(title=f"{m} neurons", xlabel=f"excess {excess[m]:.1%} of the disk")
plt.show()

# %% [markdown]
# Two things can be read off. The excess shrinks much faster than the number of neurons grows. And it never becomes zero, because a
# polygon is not a disk. This chapter makes both exact, in every dimension.
#
# **What is measured.** Write $\nu$ for the *ambient measure*, a probability measure on the whole space with a density: the uniform measure on
# a box, for instance, or a Gaussian. A *unit* is a set $M$ of neurons; it fires on $\theta_M = \bigcap_{j \in M} \theta_j$. Every $\theta_j$ is an open
# half-space $\{x : \inner{w_j, x} + b_j > 0\}$, hence $\theta_M$ is convex. The error of the unit on a concept $C$ is
# $\nu(\theta_M \mathbin{\triangle} C)$, the mass of the points where exactly one of the two applies ({prf:ref}`def-approximation`).

# %% [markdown]
# ## Which concepts can be reached at all?
#
# :::{prf:theorem} T4a: convexity decides [P]
# :label: thm-T4a
# In words: units can come as close as you like to a concept exactly if the concept is convex, apart from a set of no volume.
#
# In symbols: let $\nu$ be a probability measure with a density and $C$ measurable. For every $\eta > 0$ there is a unit with $\nu(\theta_M \mathbin{\triangle} C) \le \eta$ if and only
# if there is a convex set $K$ with $\nu(C \mathbin{\triangle} K) = 0$.
# :::
#
# :::{dropdown} Proof
# *If.* The border of a convex set has no volume, so we may take $K$ to be closed. A point outside $K$ has a neighbourhood that some open
# half-space $H \supseteq K$ does not meet. Countably many such neighbourhoods cover everything outside $K$ (a union of open sets in
# $\mathbb R^n$ is a union of countably many of them), so $K = \bigcap_i H_i$ for a sequence of open half-spaces. The units
# $\theta_k = H_1 \cap \dots \cap H_k$ shrink to $K$, and a finite measure is continuous along such a sequence: $\nu(\theta_k \setminus K) \to 0$, while
# $K \setminus \theta_k$ is empty. (If $K$ is the whole space, the unit without neurons will do.)
#
# *Only if.* Choose units with $\nu(\theta_k \mathbin{\triangle} C) \le 2^{-k}$ and let $K = \bigcup_m \bigcap_{k \ge m} \theta_k$, the points on which all but
# finitely many of them fire. An intersection of convex sets is convex, and so is a union of an increasing sequence of them: $K$ is convex.
# Since $\sum_k 2^{-k}$ is finite, almost every point lies in only finitely many of the sets $\theta_k \mathbin{\triangle} C$ (Borel–Cantelli). Take such a
# point. From some $k$ on, $\theta_k$ and $C$ agree about it, so it is in $K$ exactly if it is in $C$. Hence $\nu(C \mathbin{\triangle} K) = 0$.
# :::
#
# The second half asks nothing of the units: they need not contain the concept, and their number is unlimited. No amount of neurons makes
# up for a dent.

# %% [markdown]
# ## The price of a dent
#
# :::{prf:theorem} T4b: the irreducible error [P], attained [N]
# :label: thm-T4b
# In words: a unit that fires on all of a concept fires on its convex hull as well. What the hull adds is an error that no unit with full
# detection can avoid, and none larger is forced.
#
# In symbols: let $e_{\mathrm{irr}} = \nu(\operatorname{conv} C \setminus C)$. If $C \subseteq \theta_M$ then
# $\nu(\theta_M \setminus C) \ge e_{\mathrm{irr}}$, and there are units with $C \subseteq \theta_M$ whose error comes arbitrarily close to
# $e_{\mathrm{irr}}$.
# :::
#
# :::{dropdown} Proof
# $\theta_M$ is convex and contains $C$, so it contains $\operatorname{conv} C$, the smallest convex set that does. Hence
# $\theta_M \setminus C \supseteq \operatorname{conv} C \setminus C$. For the second part apply the first half of the proof of {prf:ref}`thm-T4a` to the closure
# $K$ of $\operatorname{conv} C$: its units contain $K \supseteq C$, and $\nu(\theta_k \setminus C) \to \nu(K \setminus C) = e_{\mathrm{irr}}$, because the border of
# a convex set has no volume.
# :::
#
# :::{dropdown} What if the unit misses a set of no volume?
# A tangent neuron fires on an *open* half-space and is silent on the very point it touches, so it does not contain a closed disk. That
# changes nothing. Let every point of $C$ be a limit of inner points of $C$, let $\nu$ have positive density on $C$, and let
# $\nu(C \setminus \theta_M) = 0$ only. Every small ball inside $C$ has mass, so it meets $\theta_M$: the set $D = C \cap \theta_M$ is dense in $C$. The closure
# of $\operatorname{conv} D$ contains $C$, hence $\operatorname{conv} C$. A convex set and its closure have the same interior, so $\theta_M \supseteq
# \operatorname{conv} D$ contains the interior of $\operatorname{conv} C$, and the border has no volume.
#
# Without such a condition the statement is false: a disk and one far point have a large hull, yet a unit may ignore the point at no cost.
# In particular, a unit that detects $C$ *on the data* need only contain the hull of the data in $C$.
# :::
#
# For the bodies below both volumes are known in closed form, and so is the error. Divided by $\nu(\operatorname{conv} C)$ it is the least
# Jaccard distance of any unit with full detection: what the tolerance $\eta$ of {prf:ref}`def-approximation` must at least be.

# %% tags=["remove-cell"]
bent = {
    "L-shape": LShape(2.0, 0.8),
    "annulus": Annulus((0.0, 0.0), 0.8, 1.5),
    "two balls": TwoBalls(2.2, 0.8),
}
views = {"L-shape": (-0.4, 2.1), "annulus": (-2.1, 2.1), "two balls": (-2.1, 2.1)}

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels: a blue L, a blue ring, two blue disks side by side. The part of the convex hull that is not blue is orange and hatched: the triangle in the L's corner, the hole of the ring, the bridge between the disks."}, "figure": {"name": "fig-12-hull", "caption": "A unit pays for the dents. Blue: the concept. Orange: where else a unit of 256 supporting neurons fires. Hatched: what the convex hull adds; no unit that fires on all of the concept can avoid it."}}
figure, axes = plt.subplots(1, 3, figsize=(plots.COLUMN, 2.75))
plt.rcParams["hatch.color"] = plots.palette.neuron
angle = 2 * np.pi * np.arange(256) / 256
for ax, (name, body) in zip(axes, bent.items(), strict=True):
    unit = polytopes.supporting_unit(body, np.c_[np.cos(angle), np.sin(angle)])
    grid = picture(body, unit)
    extra = (polytopes.in_hull(body, plane) & ~body.contains(plane)).reshape(len(side), -1)
    plots.plane(grid, ["excess", "concept"], colours=colours, legend=False, ax=ax)
    ax.contourf(side, side, extra.astype(float), levels=[0.5, 1.5], colors="none", hatches=["////"])
    ax.set(title=name, xlim=views[name], ylim=views[name])
    ax.set_xlabel(f"least Jaccard distance {1 - body.volume / body.hull_volume:.3f}")
plt.show()

# %% [markdown]
# The closed forms are checked against counting. Random points are drawn from a box around each body, in two, three and five dimensions, and
# those that lie in the hull and not in the body are counted. The interval is that of Clopper and Pearson, which covers the truth with at
# least the stated probability at every sample size.

# %% tags=["remove-cell"]
bodies = {}
for d in (2, 3, 5):
    bodies["L-shape", d] = LShape(2.0, 0.8, d)
    bodies["annulus", d] = Annulus((0.0,) * d, 0.8, 1.5)
    bodies["two balls", d] = TwoBalls(2.2, 0.8, d)

# %% tags=["remove-cell"]
rows = []
for (name, d), body in bodies.items():
    low, high = body.bounding_box
    box = Box(tuple(low - 0.1), tuple(high + 0.1))
    exact = irreducible_error(body, box).value
    drawn = irreducible_error(body, box, method="sampled", n_samples=n_samples, seed=seed)
    row = {"body": name, "d": d, "closed form": exact, "sampled": drawn.value, "inside": exact in drawn}
    row |= {"low": drawn.low, "high": drawn.high, "distance": 1 - body.volume / body.hull_volume}
    rows.append(row)
errors = pd.DataFrame(rows).sort_values(["body", "d"], ignore_index=True)
deviation = errors[["sampled", "low", "high"]].sub(errors["closed form"], axis=0) * 1_000
deviation = deviation.assign(body=errors.body, dimension="dimension " + errors.d.astype(str), exact=0.0)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Nine dots with horizontal bars, three for each body, around an upright line at zero. Every bar crosses the line."}, "figure": {"name": "fig-12-irreducible", "caption": "Closed form and counting agree. Dots: the sampled irreducible error less the closed form, in thousandths of the box, with 99.9 % intervals, for each body in two, three and five dimensions. An interval that missed the upright line would refute the closed form."}}
ax = plots.dots_with_intervals(
    deviation, "sampled", "low", "high", y="body", hue="dimension", floor="exact", floor_label="closed form",
    label_x="sampled less closed form, thousandths of the ambient mass",
)  # fmt: skip
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
shown = errors.rename(columns={"closed form": "exact", "sampled": "counted", "distance": "price"})
print(shown[["body", "d", "exact", "counted", "price"]].round(4).to_string(index=False))
misses = int((~errors.inside).sum())
print(claims.record("T4", "irreducible_error_misses", value=misses, n=len(errors)))

# %% tags=["remove-cell"]
ring = errors[errors.body == "annulus"].set_index("d").distance
glue("12-misses", f"{misses} of {len(errors)}", display=False)
glue("12-ring-2", f"{ring[2]:.2f}", display=False)
glue("12-ring-5", f"{ring[5]:.2f}", display=False)

# %% [markdown]
# Intervals that miss: {glue:text}`12-misses`. The last column, the least Jaccard distance, holds a surprise: the price of the same kind of dent depends on the dimension. The
# hole of the annulus costs a distance of {glue:text}`12-ring-2` in the plane and {glue:text}`12-ring-5` in five dimensions, because nearly all volume
# of a high-dimensional ball lies close to its surface. The gap between the two balls grows dearer instead.

# %% [markdown]
# ## How fast: the rate
#
# Now let the concept be convex, or look only at what comes on top of $e_{\mathrm{irr}}$. Let $r$ be its *intrinsic dimension*: the concept lies
# in an $r$-dimensional flat of the input space, and $\nu$ is a measure on that flat. (In the surrounding space it would have no volume, and there
# would be nothing to compare with.) The same holds for a concept that depends on $r$ linear features only, whatever the others do.
#
# :::{prf:theorem} T4c: the rate [P], with constants [N]
# :label: thm-T4c
# In words: around a smooth convex body the error of the best unit falls like $|M|^{-2/(r-1)}$. Around a ball nothing falls faster, and in the
# plane the best unit is known exactly.
#
# In symbols: *(upper bound)* Let $C \subset \mathbb R^r$ be a convex body, $r \ge 2$, such that every border point lies on the sphere of a ball of radius $R > 0$
# inside $C$, and let $\nu$ have bounded density. Then there is a constant $A$ such that for all sufficiently large $|M|$ some unit of $|M|$ neurons
# contains the interior of $C$ and has $\nu(\theta_M \setminus C)$ at most
#
# $$ A\,|M|^{-2/(r-1)}. $$ (eq-rate)
#
# *(lower bound)* Let $C$ be a ball of $\mathbb R^r$, let $\phi$ be the angle of a cap that takes the share $1/|M|$ of its sphere, $|M| \ge 3$, and let
# $W_r = \int_0^{\pi} \sin^{r-2} t\,dt$. Every unit of $|M|$ neurons that contains the open ball has a relative excess
# $\operatorname{vol}(\theta_M \setminus C)/\operatorname{vol}(C)$ of at least
#
# $$ \frac{|M|\,\tan^{r-1}\phi}{(r-1)\,W_r} - 1, $$ (eq-floor)
#
# and for many neurons this is asymptotically proportional to $|M|^{-2/(r-1)}$.
#
# *(exact case)* For $r = 2$ the bound {eq}`eq-floor` is $(|M|/\pi)\tan(\pi/|M|) - 1$, and the regular $|M|$-gon around the disk attains it.
# :::
#
# :::{dropdown} Proof of the upper bound
# Choose border points $y_1, \dots, y_m$ with pairwise distances above $\rho \le R$, as many as possible; then every border point $y$ is within
# $\rho$ of one of them. Let $n_j$ be the outer unit normal at $y_j$, and let neuron $j$ fire on $\inner{n_j, x - y_j} < 0$.
#
# *Normals turn slowly.* Let $y, y'$ be border points with normals $n, n'$. The ball of radius $R$ that touches at $y$ from inside contains
# the point $y - Rn + Rn'$. It is in $C$, so $\inner{n', y - Rn + Rn' - y'} \le 0$, that is, $R(1 - \inner{n, n'}) \le \inner{n', y' - y}$. Likewise
# $R(1 - \inner{n, n'}) \le \inner{n, y - y'}$. Add the two: $R\,\|n - n'\|^2 \le \inner{n' - n, y' - y}$ $\le \|n - n'\|\,\|y - y'\|$. So
# $\|n - n'\| \le \|y - y'\|/R$, and each of the two terms on the right, being non-negative, is at most $\|y - y'\|^2/R$.
#
# *What is not cut off is near.* Let $x$ have distance $t > 0$ from $C$, nearest point $y$ and normal $n$ there: $x = y + tn$. Take $y_j$ within $\rho$
# of $y$. Then $\inner{n_j, x - y_j}$ $= t\inner{n, n_j} - \inner{n_j, y_j - y}$ $\ge t\,(1 - \rho^2/(2R^2)) - \rho^2/R$ $\ge t/2 - \rho^2/R$. For
# $t \ge 2\rho^2/R$ neuron $j$ is silent on $x$. So $\theta_M$ stays within $2\rho^2/R$ of $C$. With $S$ the surface area of the parallel body
# $C + 2R\,B$, the excess volume is at most $2S\rho^2/R$.
#
# *How many points.* The balls of radius $\rho/2$ around the $y_j$ are disjoint and lie within $\rho/2$ of the border, a shell of volume at most
# $\rho S$ (surface areas of convex bodies grow with the body). With $\kappa$ the volume of the unit ball $m\,\kappa\,(\rho/2)^r \le \rho S$, so
# $m \le (2^r S/\kappa)\,\rho^{-(r-1)}$. Given $|M|$, take the $\rho$ for which the right side is $|M|$; it is at most $R$ once $|M|$ is large
# (if $m < |M|$, repeat a neuron). The
# excess volume is at most $(2S/R)\,(2^r S/\kappa)^{2/(r-1)}\,|M|^{-2/(r-1)}$; multiply by the bound of the density.
# :::
#
# :::{dropdown} Proof of the lower bound
# Let the ball be the unit ball $B$. A half-space that contains it contains one that touches it, in direction $u_j$ say: shrinking $\theta_M$ only
# helps. In direction $s$, a unit vector, the unit now reaches to $1/\max_j \inner{u_j, s}$ (to infinity if that maximum is not positive).
# In polar coordinates, with $s$ uniform on the sphere, $\operatorname{vol}(\theta_M)/\operatorname{vol}(B)$ is
#
# $$ \mathbb E\Bigl[\bigl(\max_j \inner{u_j, s}\bigr)^{-r}\Bigr]. $$ (eq-radial)
#
# Divide the sphere into the sets $\Omega_j$ on which $u_j$ attains the maximum, with shares $a_j$, $\sum_j a_j = 1$. On $\Omega_j$ the integrand is
# $\inner{u_j, s}^{-r}$, which grows with the angle from $u_j$. Among all sets of share $a_j$ its integral is least on the cap around $u_j$; call
# that $G(a_j)$. The derivative of $G$ is the integrand at the rim of the cap, which grows with the cap, so $G$ is convex. By Jensen
# $\sum_j G(a_j) \ge |M|\,G(1/|M|)$. On a cap of angle $\phi$ the integral is $\frac1{W_r}\int_0^\phi \cos^{-r}t\,\sin^{r-2}t\,dt$
# $= \tan^{r-1}\phi/((r-1)W_r)$, since $(\tan^{r-1})' = (r-1)\sin^{r-2}\!/\cos^{r}$. For small caps $\phi$ is proportional to $|M|^{-1/(r-1)}$ and the
# relative excess to $\phi^2$.
#
# *Plane.* $W_2 = \pi$ and $\phi = \pi/|M|$. Arcs tile the circle, so all inequalities can be equalities, and for the regular polygon they are.
# :::
#
# The exponent for general bodies goes back to Bronshtein and Ivanov {cite:p}`bronshtein1975`, the exact constants to Gruber
# {cite:p}`gruber1993`: for many neurons the least relative excess around a ball of dimension 3 is $\frac{5\pi}{3\sqrt 3}\,|M|^{-1} \approx 3.023\,|M|^{-1}$.
# The facets become regular hexagons. The bound {eq}`eq-floor` pretends that they could be disks, and is lower by less than 1 %.

# %% [markdown]
# ## The experiment
#
# To see the rate, the neurons have to be placed well. In the plane equal angles are best. Above that we spread the points of tangency:
# turning a facet about its point of tangency changes the volume at the rate of its first moment, so the volume can only be minimal where
# every facet touches at its *centroid*. Moving each point to its centroid is Lloyd's method; a few such steps are followed by L-BFGS with the
# exact gradient. Every volume is computed without sampling, from the vertices of the polytope, and then checked by the radial formula
# {eq}`eq-radial` on random directions. Five random starts give the spread.

# %% tags=["remove-cell"]
table = study.table("tightness")
spread = table[table.directions == "spread"]
sizes = np.unique(spread.neurons)
flat = pd.DataFrame({"r": 2, "neurons": sizes, "seed": 0})
units = [polytopes.supporting_unit(disk, polytopes.spread_directions(int(m), 2, seed)) for m in sizes]
found = [polytopes.symmetric_difference(unit, disk, window).value for unit in units]
flat["excess"] = np.array(found) * window.volume / disk.volume
flat["floor"] = polytopes.ball_floor(sizes, 2)
measured = pd.concat([flat, spread[["r", "neurons", "seed", "excess", "floor"]]], ignore_index=True)

# %% tags=["remove-cell"]
mean = measured.groupby(["r", "neurons"], as_index=False)[["excess", "floor"]].mean()
mean["measured"] = "measured, r = " + mean.r.astype(str)
floors = pd.concat(
    pd.DataFrame({"neurons": np.geomspace(8, 4_000, 100), "least": f"least possible, r = {r}"}).assign(
        excess=lambda f, r=r: polytopes.ball_floor(f.neurons, r)
    )
    for r in (2, 3, 4)
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Relative excess against number of neurons, both logarithmic, from 16 to 2048 neurons. Three black lines fall, steeply for r = 2, less for r = 3 and least for r = 4. Coloured marks lie on or just above them."}, "figure": {"name": "fig-12-rate", "caption": "More neurons help much less in more dimensions. Lines: the least excess any unit can have, by {prf:ref}`thm-T4c`. Marks: units of well-spread tangent neurons, measured exactly, mean of five starts (their spread is smaller than a mark). In the plane the bound is attained; in three and four dimensions the lines below say by how little it is missed."}}
ax = plots.theory_and_measured(floors, mean, "neurons", "excess", line="least", hue="measured")
ax.set(xscale="log", yscale="log", xlabel="number of neurons $|M|$")
ax.set_ylabel("excess volume, share of the ball")
ax.set_xticks([16, 64, 256, 1024], ["16", "64", "256", "1024"])
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
attained = float((flat.excess - flat.floor).abs().max())
below = int((measured.excess < measured.floor * (1 - 1e-9)).sum())
above = (spread.excess / spread.floor - 1).groupby(spread.r).agg(["min", "max"])
print(f"disk: closed form met to 1e-12: {attained <= 1e-12}")
print(f"units below the bound: {below} of {len(measured)}")
for r, gap in above.iterrows():
    print(f"r = {r}: above it by {gap['min']:.1%} to {gap['max']:.1%}")

# %% [markdown]
# ### The slope, and its correction
#
# Is the exponent right? Between successive sizes the slope is $\log(e'/e)/\log(|M'|/|M|)$. It *tends* to $-2/(r-1)$ and is not there at once:
# with few neurons the facets are wide, and terms of higher order in their width add to the leading one.

# %% tags=["remove-cell"]
slopes = []
for (r, start), part in measured.groupby(["r", "seed"]):
    middle, slope = polytopes.local_slopes(part.neurons, part.excess)
    slopes.append(pd.DataFrame({"neurons": middle, "slope": slope, "r": f"r = {r}", "seed": start}))
slopes = pd.concat(slopes).groupby(["r", "neurons"], as_index=False).slope.agg(["mean", "min", "max"])
fine = np.geomspace(16, 2 * sizes.max(), 200)
curves = []
for r in (2, 3, 4):
    middle, slope = polytopes.local_slopes(fine, polytopes.ball_floor(fine, r))
    curves.append(pd.DataFrame({"neurons": middle, "mean": slope, "least": f"of the bound, r = {r}"}))
curves = pd.concat(curves)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Local slope against number of neurons. Three groups of marks with black lines approach the grey horizontals at minus two, minus one and minus two thirds from below; for r = 4 the slope starts near minus one."}, "figure": {"name": "fig-12-slopes", "caption": "The slopes tend to −2, −1 and −2/3 (grey). Marks: local slopes between successive sizes, mean over starts with the range. Lines: slopes of the bound, which is known in closed form. For r = 4 the first slopes are far off: reading the rate off small units would be wrong."}}
ax = plots.theory_and_measured(
    curves, slopes, "neurons", "mean", low="min", high="max", line="least", hue="r"
)
for limit in (-2, -1, -2 / 3):
    ax.axhline(limit, color=plots.palette.neutral, linewidth=0.8, zorder=1)
ax.set(xscale="log", xlabel="number of neurons $|M|$", ylabel="local slope of the excess")
ax.set_xticks([16, 64, 256, 1024], ["16", "64", "256", "1024"])
ax.legend(ncols=2, loc="center right", bbox_to_anchor=(1.0, 0.3), fontsize="small")
plt.show()

# %% [markdown]
# The correction can be fitted instead of waited for. By {eq}`eq-radial` a facet of angle $\phi$ contributes powers of $\phi^2$, and $\phi^2$ is
# proportional to $h = |M|^{-2/(r-1)}$, so the excess is a power series in $h$. Its second coefficient is large because volumes multiply:
# $\cos^{-r}\phi$ is the exponential of $r\,(\phi^2/2 + \phi^4/12 + \dots)$. In the logarithm of the volume ratio the correction is smaller. So we
# fit $\log(\operatorname{vol}(\theta_M)/\operatorname{vol}(C))$, at all sizes and with $A$, $p$, $B$ free, by
#
# $$ A\,|M|^{-p}\,\bigl(1 + B\,|M|^{-p}\bigr). $$ (eq-fit)
#
# Nothing tells the fit what $p$ should be. To see what it is worth, it is also applied to the bound {eq}`eq-floor`, whose exponent we know. The
# table shows $p$ as theory has it, as fitted with its interval over random starts, as fitted to the bound, and as fitted to units of 64 neurons and
# more only; and minus the slope of a plain straight line.

# %% tags=["remove-cell"]
rows = []
for (r, start), part in measured.groupby(["r", "seed"]):
    law = polytopes.fit_rate(part.neurons, np.log1p(part.excess))
    plain = -np.polyfit(np.log(part.neurons), np.log(part.excess), 1)[0]
    known = polytopes.fit_rate(part.neurons, np.log1p(part.floor)).exponent
    large = part[part.neurons >= 64]
    tail = polytopes.fit_rate(large.neurons, np.log1p(large.excess)).exponent
    row = {"r": r, "seed": start, "plain": plain, "fitted": law.exponent, "large": tail, "of bound": known}
    rows.append(row)
fits = pd.DataFrame(rows).assign(theory=lambda f: 2 / (f.r - 1))
flat_error = float((fits.fitted - fits.theory).abs()[fits.r == 2].iloc[0])
by_seed = (fits.fitted - fits.theory).abs()[fits.r > 2].groupby(fits.seed).max()
slope_error = over_seeds(by_seed.clip(lower=flat_error), confidence)

# %% tags=["hide-input", "nbval-check-output"]
print("       theory  fitted  over starts        of bound  from 64 on   plain")
for r, part in fits.groupby("r"):
    p = over_seeds(part.fitted, confidence) if len(part) > 1 else None
    ends = f"{p.low:.4f} to {p.high:.4f}" if p else "exact           "
    now = part.mean()
    print(f"r = {r:g}  {now.theory:6.4f}  {now.fitted:6.4f}  {ends:16}", end="")
    print(f"{now['of bound']:11.4f}{now.large:12.4f}{now.plain:8.4f}")
print(claims.record("T4", "slope_error", value=slope_error.value, interval=slope_error.interval, n=len(fits)))

# %% tags=["remove-cell"]
last = slopes[slopes.neurons == slopes.neurons.max()].set_index("r")["mean"]
glue("12-slope-error", f"{slope_error.value:.3f}", display=False)
glue("12-plain-4", f"{-fits.plain[fits.r == 4].mean():.2f}", display=False)
glue("12-last-4", f"{last['r = 4']:.3f}", display=False)
glue("12-last-3", f"{last['r = 3']:.3f}", display=False)
glue("12-fit-4", f"{-fits.fitted[fits.r == 4].mean():.3f}", display=False)
glue("12-tail-4", f"{-fits.large[fits.r == 4].mean():.3f}", display=False)
glue("12-calibration", f"{(fits['of bound'] - fits.theory).abs().max():.3f}", display=False)

# %% [markdown]
# A straight line through all sizes gives {glue:text}`12-plain-4` for $r = 4$, the last local slope {glue:text}`12-last-4`, the fit {glue:text}`12-fit-4`;
# theory says $-0.667$. Where the answer is known, for the bound, the fit errs by at most {glue:text}`12-calibration`. The rest comes from the smallest units,
# whose few facets are far from their shape in the limit: fitted from 64 neurons on, the slope is {glue:text}`12-tail-4`.

# %% tags=["remove-cell"]
largest = table[table.neurons == sizes.max()]
constants = largest.pivot_table(index="r", columns="directions", values="excess")
constants["bound"] = [float(polytopes.ball_floor(sizes.max(), r)) for r in constants.index]
by_size = table[table.directions == "random"].pivot_table(index="neurons", columns="r", values="excess")
constants["slope"] = [polytopes.local_slopes(sizes[-2:], by_size[r][-2:])[1][0] for r in constants.index]
constants["limit"] = [float(polytopes.ball_limit(sizes.max(), r)) for r in constants.index]

# %% tags=["hide-input", "nbval-check-output"]
print(f"excess × |M|^(2/(r-1)), |M| = {sizes.max()}")
print("         bound   limit  spread  random")
for r, row in constants.iterrows():
    scaled = row * float(sizes.max()) ** (2 / (r - 1))
    print(f"r = {r}  {scaled.bound:7.3f}{scaled.limit:8.3f}{scaled.spread:8.3f}{scaled.random:8.3f}")
    glue(f"12-random-{r}", f"{row.random / row.spread:.1f}", display=False)
    glue(f"12-random-slope-{r}", f"{row.slope:.2f}", display=False)

# %% [markdown]
# *Limit* is the formula for many neurons. The last column is a warning and a comfort. If the tangent directions are drawn at random, the excess is larger by a factor of
# {glue:text}`12-random-3` for $r = 3$ and {glue:text}`12-random-4` for $r = 4$, while its last local slopes, {glue:text}`12-random-slope-3` and
# {glue:text}`12-random-slope-4`, are close to $-1$ and $-2/3$ again. Placing neurons well buys a constant; it does not buy a better rate. (For $r = 4$ the limit formula assumes that the truncated octahedron is the best tile, which is believed and not proven.)

# %% [markdown]
# ## Corners are free
#
# Everything above is about round bodies. A polytope is an intersection of finitely many half-spaces, so a unit with one neuron for each
# side has no error at all. And around a dented body the error stops falling when the irreducible error is reached.

# %% tags=["remove-cell"]
counts = [4 * 2**k for k in range(9)]
shapes = {"disk": disk, "annulus": Annulus((0.0, 0.0), 0.5, 1.0), "L-shape": LShape(1.0, 0.5)}
angles = {m: 2 * np.pi * np.arange(m) / m for m in counts}
rows = []
for name, body in (shapes | {"square": Box((-1.0, -1.0), (1.0, 1.0))}).items():
    for m, angle in angles.items():
        unit = polytopes.supporting_unit(body, np.c_[np.cos(angle), np.sin(angle)])
        error = polytopes.symmetric_difference(unit, body, window).value * window.volume / body.volume
        rows.append({"body": name, "neurons": m, "error": error})
shown = pd.DataFrame(rows)

# %% tags=["remove-cell"]
square_error = float(shown[shown.body == "square"].error.max())
shown = shown[shown.body != "square"].assign(measured=lambda f: "measured, " + f.body)
ideal = pd.DataFrame({"neurons": counts, "disk": polytopes.ball_floor(counts, 2)})
ideal["annulus"] = (ideal.disk + 1) / 0.75 - 1  # the hull is the disk, the body three quarters of it
ideal["L-shape"] = np.where(ideal.neurons < 8, 1 / 3, 1 / 6)  # first the square, then its cut corner
ideal = ideal.melt("neurons", var_name="body", value_name="error")
ideal["theory"] = "closed form, " + ideal.body

# %% tags=["hide-input"] mystnb={"image": {"alt": "Error against number of neurons, both logarithmic. The disk's error falls along a straight line; the annulus falls and levels off at one third; the L-shape is level at one sixth from eight neurons on."}, "figure": {"name": "fig-12-shapes", "caption": "Convex and round: the error falls for ever. Dented: it falls to the irreducible error and stays. Straight sides: it is done after finitely many neurons. Lines: closed forms. Marks: areas computed by clipping polygons. A square has no error at four neurons already and can't be shown on this axis."}}
ax = plots.theory_and_measured(ideal, shown, "neurons", "error", line="theory", hue="measured")
ax.set(xscale="log", yscale="log", xlabel="number of neurons $|M|$", ylabel="error, share of the concept")
ax.set_xticks([4, 16, 64, 256, 1024], ["4", "16", "64", "256", "1024"])
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
print(f"square: error below 1e-12: {square_error < 1e-12}")
gap = shown.merge(ideal.rename(columns={"error": "closed"}), on=["body", "neurons"])
print(f"closed forms met to 1e-12: {(gap.error - gap.closed).abs().max() < 1e-12}")

# %% [markdown]
# ## How many neurons does it take?
#
# Turn the theorem around: for a wanted relative excess, how many neurons are needed at least? The bound {eq}`eq-floor` answers for every
# dimension and for every way to place the neurons.

# %% tags=["remove-cell"]
dimensions = np.arange(2, 33)
needs = [
    {"r": r, "wanted": f"ball, excess {e:.0%}", "neurons": polytopes.neurons_needed(e, int(r))}
    for e in (0.1, 0.01)
    for r in dimensions
]
needs += [{"r": r, "wanted": "box, no excess", "neurons": 2.0 * r} for r in dimensions]
needs = pd.DataFrame(needs)
laws = {r: mean[mean.r == r] for r in (2, 3, 4)}
laws = {r: polytopes.fit_rate(part.neurons, np.log1p(part.excess)) for r, part in laws.items()}
reached = pd.DataFrame(
    {"r": r, "neurons": law.size_for(np.log1p(e)), "unit": f"measured law, excess {e:.0%}"}
    for e in (0.1, 0.01)
    for r, law in laws.items()
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Number of neurons needed against the intrinsic dimension from 2 to 16, on a logarithmic axis that reaches ten to the twenty-second. Two steep black lines for a ball at ten and one per cent, and a nearly flat one for a box. Marks for dimensions 2 to 4 lie on the steep lines."}, "figure": {"name": "fig-12-needed", "caption": "Round concepts of many dimensions can't be wrapped. Lines: for a ball, the least number of neurons for which 10 % or 1 % of excess is possible at all; for a box, the number that leaves none. Marks: what well-spread units take, by the law fitted to them."}}
ax = plots.theory_and_measured(needs[needs.r <= 16], reached, "r", "neurons", line="wanted", hue="unit")
ax.set(yscale="log", xlabel="intrinsic dimension $r$ of the concept", ylabel="neurons needed")
plt.show()

# %% tags=["hide-input", "nbval-check-output"]
wide = needs.pivot_table(index="r", columns="wanted", values="neurons")
print("  r  ball, 10 %  ball, 1 %   box")
for r in (2, 3, 4, 6, 8, 12, 16, 32):
    row = wide.loc[r]
    print(f"{r:3}{row['ball, excess 10%']:12,.4g}{row['ball, excess 1%']:11,.4g}{row['box, no excess']:6g}")
power = str(int(np.log10(wide["ball, excess 10%"][16]))).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
glue("12-needed-4", f"at least {wide['ball, excess 10%'][4]:.0f}", display=False)
glue("12-needed-16", f"more than 10{power}", display=False)

# %% [markdown]
# ## What we found
#
# - Units reach exactly the convex concepts ({prf:ref}`thm-T4a`), and around the others exactly their irreducible error ({prf:ref}`thm-T4b`). Closed
#   forms outside their 99.9 % interval: {glue:text}`12-misses`.
# - The rate is $|M|^{-2/(r-1)}$. Corrected for finite size the measured exponents are within {glue:text}`12-slope-error` of it. The local slopes
#   themselves, at the largest units, are {glue:text}`12-last-3` for $r = 3$ and {glue:text}`12-last-4` for $r = 4$.
# - Whether a concept is cheap or dear depends on its shape more than on its size: sides are paid for one by one, curvature never ends.
#
# The exponent hides something. Well-spread and random units fall at about the same rate and differ by a constant. What decides over feasible and hopeless is
# the intrinsic dimension.

# %% [markdown]
# ## What it means for your SAE
#
# - **Inputs off the data.** A unit that fires on every example of a concept fires on all mixtures of these examples as well. If the concept has two
#   clusters, whatever lies between them is a guaranteed false positive, and more neurons do not help. Test it: feed averages of two examples.
# - **Before you add neurons, ask for the shape.** Is the concept a conjunction of thresholds ("large *and* red *and* round")? Then one neuron
#   for each condition is all there is to gain. Is it "close to a prototype", in more than a few dimensions? Then no affordable unit is tight around it;
#   measure its error with `polytopes.symmetric_difference` rather than hope.
# - **A dented concept wants several units.** Cover it by convex pieces with one unit each (their union is an OR of ANDs), or let
#   neurons compete for two places or more: their regions need not be convex ({prf:ref}`thm-T6b`).
# - **Budget.** `polytopes.neurons_needed(excess, r)` is a number below which no training can succeed, for a round concept of intrinsic dimension $r$.

# %% [markdown]
# ## Exercises
#
# 1. By hand: how much larger than the disk is the square around it? And the cube around the ball?
#
#    :::{dropdown} Solution
#    $4/\pi - 1 \approx 27\,\%$, which is $(4/\pi)\tan(\pi/4) - 1$. The cube: $8/(4\pi/3) - 1 = 6/\pi - 1 \approx 91\,\%$. Six neurons are best placed as a cube,
#    and yet the bound {eq}`eq-floor` is lower: for $r = 3$ and $|M| = 6$, $\cos\phi = 2/3$ and $\tan^2\phi = 5/4$, so it is
#    $6 \cdot \tfrac54/4 - 1 = 87.5\,\%$. Disks do not tile the sphere.
#    :::
#
# 2. Show that the relative excess around an ellipsoid is the same as around a ball, if the neurons are carried along.
#
#    :::{dropdown} Solution
#    An invertible affine map $T$ takes the ball to the ellipsoid, half-spaces to half-spaces and intersections to intersections. It multiplies
#    all volumes by $|\det T|$, and the ratio of two of them does not change. So the bound {eq}`eq-floor` holds for ellipsoids as well.
#    :::
#
# 3. {prf:ref}`thm-T4b` asks for full detection. Take the L-shape with side 1 and arms of width ½. Find a unit that misses a little of it and has less
#    error than $e_{\mathrm{irr}} = 1/8$.
#
#    :::{dropdown} Solution
#    Move the slanted side of the hull inwards by $t$. The extra triangle has area $h^2$ with height $h = \sqrt2/4$, and it shrinks to $(h - t)^2$. Cut off from
#    the two arms are right triangles with legs $\sqrt2\,t$, together of area $2t^2$. The error $(h-t)^2 + 2t^2$ is least at $t = h/3$, where it is
#    $\tfrac23 h^2 = 1/12$. A third of the irreducible error is saved, at a recall of $1 - \tfrac29 h^2/\tfrac34 \approx 96\,\%$. A little tolerance for misses
#    can pay.
#    :::
#
# 4. Under a Gaussian measure with standard deviation $\sigma$ in each of two coordinates, what is the irreducible error of an annulus around its centre?
#    Check it with `irreducible_error(ring, polytopes.Gaussian(2, sigma))`.
#
#    :::{dropdown} Solution
#    The hull adds the hole. The squared distance from the centre divided by $2\sigma^2$ has an exponential distribution, so the hole of radius $a$ has the mass
#    $1 - e^{-a^2/(2\sigma^2)}$.
#    :::
#
# 5. Why is the local slope in the plane nearer to its limit at 16 neurons than for $r = 4$ at 2,048?
#
#    :::{dropdown} Solution
#    The correction is of relative size $h = |M|^{-2/(r-1)}$, the square of a facet's width. In the plane 16 neurons give $h = 1/256$; for $r = 4$ and
#    2,048 neurons it is $2048^{-2/3} = 1/161$.
#    :::
