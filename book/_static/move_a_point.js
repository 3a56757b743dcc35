/* Move a point: ten points of the plane, and whether one neuron separates the filled ones from the hollow ones.
 *
 * Coordinates are whole numbers (tenths of a unit), so every sign below is that of an exact integer and three
 * points that look collinear are so. moveAPoint.decide(points) is the whole mathematics and touches no page.
 */
(function () {
  "use strict";

  // --- The mathematics -----------------------------------------------------------------------------------

  const cross = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const dot = (a, b, c) => (b.x - a.x) * (c.x - a.x) + (b.y - a.y) * (c.y - a.y);
  const same = (a, b) => a.x === b.x && a.y === b.y;
  const pairs = list => list.flatMap((a, i) => list.slice(i + 1).map(b => [a, b]));
  const triples = list => list.flatMap((a, i) => pairs(list.slice(i + 1)).map(rest => [a, ...rest]));

  // Each of these returns whole-number weights [of the one side, of the other] with equal sums, or null: the
  // three ways in which a smallest set of points of the plane can have two hulls that meet.

  function onSegment(p, [a, b]) { // p strictly between a and b
    if (same(a, b) || cross(a, b, p) !== 0) return null;
    const whole = dot(a, b, b), part = dot(a, b, p);
    return 0 < part && part < whole ? [[whole], [whole - part, part]] : null;
  }

  function inTriangle(p, [a, b, c]) { // p strictly inside
    const areas = [cross(p, b, c), cross(p, c, a), cross(p, a, b)];
    if (!(areas.every(area => area > 0) || areas.every(area => area < 0))) return null;
    const weights = areas.map(Math.abs);
    return [[weights[0] + weights[1] + weights[2]], weights];
  }

  function crossing([a, b], [c, d]) { // the two segments cross between their ends
    const [toA, toB, toC, toD] = [cross(c, d, a), cross(c, d, b), cross(a, b, c), cross(a, b, d)];
    if (toA * toB >= 0 || toC * toD >= 0) return null; // only the signs count, which no rounding changes
    // |toA| + |toB| and |toC| + |toD| are both the cross product of the two directions.
    return [[Math.abs(toB), Math.abs(toA)], [Math.abs(toD), Math.abs(toC)]];
  }

  // Hulls of points of the plane meet exactly if those of two, three or four of them do (Kirchberger). Among the
  // smallest proofs the one whose least weight is largest is the easiest to see.
  function certificate(inside, outside) {
    const found = [];
    const keep = (one, other, weights) => { if (weights) found.push([one, other, ...weights]); };
    const best = () => {
      const least = ([, , v, w]) => Math.min(...v, ...w) / v.reduce((sum, each) => sum + each, 0);
      return found.reduce((a, b) => (least(b) > least(a) ? b : a));
    };
    for (const p of inside) for (const q of outside) if (same(p, q)) keep([p], [q], [[1], [1]]);
    if (found.length) return best();
    for (const p of inside) for (const ends of pairs(outside)) keep([p], ends, onSegment(p, ends));
    for (const q of outside) for (const ends of pairs(inside)) keep(ends, [q], swap(onSegment(q, ends)));
    if (found.length) return best();
    for (const p of inside) for (const three of triples(outside)) keep([p], three, inTriangle(p, three));
    for (const q of outside) for (const three of triples(inside)) keep(three, [q], swap(inTriangle(q, three)));
    for (const one of pairs(inside)) for (const other of pairs(outside)) keep(one, other, crossing(one, other));
    return found.length ? best() : null;
  }

  const swap = weights => weights && [weights[1], weights[0]];

  // Nearest points of two hulls that do not meet: a corner of one and a point of an edge of the other. All
  // segments between points of a set lie in its hull, so trying them all finds the edges without naming them.
  function nearest(inside, outside) {
    let best = { distance: Infinity };
    const attempt = (p, a, b, flip) => {
      const whole = dot(a, b, b), share = whole ? Math.min(1, Math.max(0, dot(a, b, p) / whole)) : 0;
      const foot = { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
      const distance = Math.hypot(p.x - foot.x, p.y - foot.y);
      if (distance < best.distance) best = flip ? { distance, inside: foot, outside: p } : { distance, inside: p, outside: foot };
    };
    for (const p of inside) for (const a of outside) for (const b of outside) attempt(p, a, b, false);
    for (const q of outside) for (const a of inside) for (const b of inside) attempt(q, a, b, true);
    return best;
  }

  /* points: [{x, y, inside}] with whole x and y below 2^25. Returns one of
   *   {kind: "neuron", w, b, margin, nearest: {inside, outside}}   w of unit length, fires where w·x + b > 0
   *   {kind: "everything"} or {kind: "nothing"}                    one side is empty
   *   {kind: "certificate", inside, outside, weights, meeting}     indices, convex weights, the common point
   */
  function decide(points) {
    const listed = points.map((p, index) => ({ x: p.x, y: p.y, index, side: !!p.inside }));
    if (listed.some(p => !Number.isInteger(p.x) || !Number.isInteger(p.y) || Math.max(Math.abs(p.x), Math.abs(p.y)) > 2 ** 25))
      throw new RangeError("coordinates must be whole numbers of at most 2^25");
    const inside = listed.filter(p => p.side), outside = listed.filter(p => !p.side);
    if (!inside.length) return { kind: "nothing" };
    if (!outside.length) return { kind: "everything" };
    const proof = certificate(inside, outside);
    if (proof) {
      const [one, other, v, w] = proof, total = v.reduce((sum, each) => sum + each, 0);
      const shares = [v, w].map(side => side.map(weight => weight / total));
      const along = axis => one.reduce((sum, p, i) => sum + shares[0][i] * p[axis], 0);
      return {
        kind: "certificate",
        inside: one.map(p => p.index),
        outside: other.map(p => p.index),
        weights: { inside: shares[0], outside: shares[1] },
        meeting: { x: along("x"), y: along("y") },
      };
    }
    const { distance, inside: p, outside: q } = nearest(inside, outside);
    const w = [(p.x - q.x) / distance, (p.y - q.y) / distance];
    const b = -(w[0] * (p.x + q.x) + w[1] * (p.y + q.y)) / 2;
    return { kind: "neuron", w, b, margin: distance / 2, nearest: { inside: { x: p.x, y: p.y }, outside: { x: q.x, y: q.y } } };
  }

  function hull(points) { // corners, counterclockwise (Andrew's chain)
    const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
    const half = list => {
      const chain = [];
      for (const p of list) {
        while (chain.length > 1 && cross(chain[chain.length - 2], chain[chain.length - 1], p) <= 0) chain.pop();
        chain.push(p);
      }
      return chain.slice(0, -1);
    };
    return sorted.length < 2 ? sorted : [...half(sorted), ...half(sorted.reverse())];
  }

  // --- The picture ---------------------------------------------------------------------------------------

  const WIDTH = 60, HEIGHT = 40, SCALE = 10, EDGE = 2; // tenths of a unit; pixels to one of them
  const FRAME = [[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]].map(([x, y]) => ({ x, y }));
  const px = p => `${+(p.x * SCALE).toFixed(1)},${+((HEIGHT - p.y) * SCALE).toFixed(1)}`;
  const polygon = (points, kind) => points.length ? `<polygon class="${kind}" points="${points.map(px).join(" ")}"/>` : "";
  const segment = (a, b, kind) => polygon([a, b], kind);
  const ring = (p, kind, r) => {
    const [x, y] = px(p).split(",");
    return `<circle class="${kind}" cx="${x}" cy="${y}" r="${r}"/>`;
  };

  function clip(points, height) { // the part of a convex polygon where height >= 0
    return points.flatMap((p, i) => {
      const q = points[(i + 1) % points.length], [h, k] = [height(p), height(q)];
      const cut = { x: p.x + (q.x - p.x) * h / (h - k), y: p.y + (q.y - p.y) * h / (h - k) };
      return [...(h >= 0 ? [p] : []), ...(h * k < 0 ? [cut] : [])];
    });
  }

  function picture(points, answer) {
    const side = inside => hull(points.filter(p => p.inside === inside));
    const hulls = polygon(side(true), "hull concept") + polygon(side(false), "hull others");
    if (answer.kind === "everything") return { under: polygon(FRAME, "fires") + hulls, over: "" };
    if (answer.kind === "nothing") return { under: hulls, over: "" };
    if (answer.kind === "neuron") {
      const height = p => answer.w[0] * p.x + answer.w[1] * p.y + answer.b, { margin } = answer;
      const strip = clip(clip(FRAME, p => height(p) + margin), p => margin - height(p));
      const { inside, outside } = answer.nearest, middle = { x: (inside.x + outside.x) / 2, y: (inside.y + outside.y) / 2 };
      const far = sign => ({ x: middle.x - sign * answer.w[1] * 80, y: middle.y + sign * answer.w[0] * 80 });
      const under = polygon(clip(FRAME, height), "fires") + polygon(strip, "strip") + hulls + segment(far(1), far(-1), "boundary") +
        segment(inside, outside, "gap");
      return { under, over: ring(inside, "foot", 4) + ring(outside, "foot", 4) };
    }
    const one = answer.inside.map(i => points[i]), other = answer.outside.map(i => points[i]);
    const [x, y] = px(answer.meeting).split(","), mark = `M${x},${y}m-7,-7l14,14m0,-14l-14,14`;
    return {
      under: hulls + polygon(one, "proof concept") + polygon(other, "proof others") + [...one, ...other].map(p => ring(p, "ring", 17)).join(""),
      over: `<path class="halo" d="${mark}"/><path class="meeting" d="${mark}"/>`,
    };
  }

  // --- The words -----------------------------------------------------------------------------------------

  const letter = i => String.fromCharCode(65 + i);
  const NUMBERS = { 2: "Two", 3: "Three", 4: "Four" };

  // Two decimals that add up to 1.00, and no weight shown as 0.
  function shown(weights) {
    if (weights.length === 1) return [""];
    const digits = weights.every(w => w >= 0.01) ? 2 : 4, unit = 10 ** digits;
    const whole = weights.map(w => Math.round(w * unit));
    whole[weights.indexOf(Math.max(...weights))] += unit - whole.reduce((sum, each) => sum + each, 0);
    return whole.map(each => (each / unit).toFixed(digits) + " ");
  }

  function words(points, answer) {
    if (answer.kind === "everything") return ["One neuron will do.", "No point is left outside the concept: let it fire everywhere."];
    if (answer.kind === "nothing") return ["One neuron will do.", "No point is left in the concept: let it fire nowhere."];
    if (answer.kind === "neuron") {
      const margin = answer.margin / 10, text = margin >= 0.005 ? margin.toFixed(2) : margin.toPrecision(1);
      return ["One neuron separates them.", `Margin ${text}: every point may move by less than that, in any direction, and this neuron still separates them.`];
    }
    const side = (indices, weights) => shown(weights).map((share, i) => share + letter(indices[i])).join(" + ");
    const n = answer.inside.length + answer.outside.length;
    const equation = `${side(answer.inside, answer.weights.inside)} = ${side(answer.outside, answer.weights.outside)}`;
    return ["No neuron can.", `${NUMBERS[n]} points prove it: ${equation}, a point of both hulls (the cross).`];
  }

  // --- The page ------------------------------------------------------------------------------------------

  const place = (text, members) => text.split(" ").map((at, i) => {
    const [x, y] = at.split(",").map(Number);
    return { x, y, inside: members.includes(letter(i)) };
  });
  const PRESETS = {
    separable: place("12,27 19,33 17,19 27,29 23,23 33,11 40,22 45,31 49,14 26,8", "ABCDE"),
    triangle: place("14,8 18,6 12,12 46,9 48,13 27,35 32,34 29,17 33,19 27,21", "ABCDEFG"),
    crossing: place("12,10 18,13 43,29 49,32 44,25 13,30 17,26 42,9 48,12 46,7", "ABCDE"),
    middle: place("27,20 33,20 30,24 30,16 8,20 12,24 12,16 52,20 48,24 48,16", "ABCD"),
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const within = (value, most) => Math.min(most - EDGE, Math.max(EDGE, Math.round(value)));

  function start(figure) {
    const find = selector => figure.querySelector(selector);
    const svg = find("svg"), marks = [...svg.querySelectorAll(".point")], answerBox = find(".answer"), turn = find("[data-turn]");
    let points = [], preset = "separable", chosen = 0, held = null, tapped = { at: -Infinity, point: -1 };

    function draw() {
      const answer = decide(points), [verdict, reason] = words(points, answer);
      const { under, over } = picture(points, answer);
      find(".under").innerHTML = under;
      find(".over").innerHTML = over;
      figure.dataset.kind = answer.kind;
      marks.forEach((mark, i) => {
        const p = points[i], where = `${(p.x / 10).toFixed(1)} across, ${(p.y / 10).toFixed(1)} up`;
        mark.setAttribute("transform", `translate(${px(p)})`);
        mark.setAttribute("class", `point ${p.inside ? "concept" : "others"}`);
        mark.setAttribute("aria-label", `Point ${letter(i)}, ${p.inside ? "in the concept" : "not in the concept"}, ${where}`);
      });
      find(".verdict-line").textContent = verdict;
      find(".reason").textContent = " " + reason;
      turn.textContent = `Switch side of ${letter(chosen)}`;
    }

    function load(name) {
      preset = name;
      points = PRESETS[name].map(p => ({ ...p }));
      figure.querySelectorAll("[data-preset]").forEach(button => button.setAttribute("aria-pressed", String(button.dataset.preset === name)));
      draw();
    }

    function move(i, x, y) {
      const at = { x: within(x, WIDTH), y: within(y, HEIGHT) };
      if (same(at, points[i])) return;
      Object.assign(points[i], at);
      draw();
    }

    function switchSide(i) {
      points[i].inside = !points[i].inside;
      draw();
    }

    const inUnits = event => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return { x: at.x / SCALE, y: HEIGHT - at.y / SCALE };
    };

    marks.forEach((mark, i) => {
      mark.setAttribute("tabindex", "0");
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-roledescription", "movable point");
      mark.addEventListener("focus", () => { chosen = i; draw(); });
      mark.addEventListener("keydown", event => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const step = ARROWS[event.key], far = event.shiftKey ? 5 : 1;
        if (step) move(i, points[i].x + step[0] * far, points[i].y + step[1] * far);
        else if (event.key === "Enter" || event.key === " ") switchSide(i);
        else return;
        event.preventDefault(); // the page stays where it is
      });
      mark.addEventListener("pointerdown", event => {
        if (event.button > 0) return;
        const at = inUnits(event);
        held = { i, dx: points[i].x - at.x, dy: points[i].y - at.y, from: { ...points[i] } };
        mark.setPointerCapture(event.pointerId);
        mark.focus({ preventScroll: true });
        event.preventDefault();
      });
      // touch-action does not reach every browser's SVG shapes; a finger on a point must not turn the page.
      mark.addEventListener("touchstart", event => { if (event.cancelable) event.preventDefault(); }, { passive: false });
      mark.addEventListener("pointermove", event => {
        if (!held || held.i !== i) return;
        const at = inUnits(event);
        move(i, at.x + held.dx, at.y + held.dy);
      });
      const release = event => {
        if (!held || held.i !== i) return;
        const still = same(held.from, points[i]);
        held = null;
        // Two taps are a double click; phones do not send one where dragging is ours.
        if (event.type === "pointerup" && still && tapped.point === i && event.timeStamp - tapped.at < 400) {
          tapped = { at: -Infinity, point: -1 };
          switchSide(i);
        } else tapped = { at: still ? event.timeStamp : -Infinity, point: i };
      };
      mark.addEventListener("pointerup", release);
      mark.addEventListener("pointercancel", release);
    });

    figure.querySelectorAll("[data-preset]").forEach(button => button.addEventListener("click", () => load(button.dataset.preset)));
    find("[data-reset]").addEventListener("click", () => load(preset));
    turn.addEventListener("click", () => switchSide(chosen));
    figure.querySelectorAll("[hidden]").forEach(element => { element.hidden = false; });
    load(preset);
    figure.classList.add("alive");
  }

  window.moveAPoint = { decide, hull, picture, words, presets: PRESETS };
  const everywhere = () => document.querySelectorAll(".move-a-point:not(.alive)").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", everywhere);
  else everywhere();
})();
