// The lattice explorer: hover or focus tells, click or Enter marks what lies above and below, search finds.
// All words from outside reach the page as text, never as markup.
(() => {
  const start = (root) => {
    if (root.classList.contains("live")) return;
    root.classList.add("live");
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const nodes = [...root.querySelectorAll(".node")];
    const lines = [...root.querySelectorAll(".line")];
    const telling = root.querySelector(".telling");
    const found = root.querySelector(".found");
    const search = root.querySelector("input[type='search']");
    const clear = root.querySelector("button");
    const lower = data.nodes.map(() => []);
    const upper = data.nodes.map(() => []);
    data.lines.forEach(([up, down]) => { lower[up].push(down); upper[down].push(up); });
    const reach = (from, step) => {
      const seen = new Set([from]);
      const waiting = [from];
      while (waiting.length) for (const next of step[waiting.pop()]) if (!seen.has(next)) { seen.add(next); waiting.push(next); }
      return seen;
    };
    let chosen = null;

    const paragraph = (title, words) => {
      const p = document.createElement("p");
      const strong = document.createElement("strong");
      strong.textContent = `${title}: `;
      p.append(strong, words);
      return p;
    };
    const list = (names, total) => {
      if (!total) return "none";
      const rest = total - names.length;
      return names.join(", ") + (rest > 0 ? (names.length ? `, and ${rest} more` : String(total)) : "");
    };
    const tell = (i) => {
      const node = data.nodes[i];
      nodes.forEach((other, j) => other.classList.toggle("here", j === i));
      const words = [
        paragraph(`${data.objects}, ${node.n_extent}`, list(node.extent, node.n_extent)),
        paragraph(`${data.attributes}, ${node.n_intent}`, list(node.intent, node.n_intent)),
      ];
      for (const [name, value] of node.facts) words.push(paragraph(name, value));
      telling.replaceChildren(...words);
    };
    const choose = (i) => {
      chosen = chosen === i ? null : i;
      const near = chosen === null ? new Set() : new Set([...reach(chosen, upper), ...reach(chosen, lower)]);
      const up = chosen === null ? near : reach(chosen, upper);
      const down = chosen === null ? near : reach(chosen, lower);
      root.classList.toggle("chosen", chosen !== null);
      nodes.forEach((node, j) => {
        node.classList.toggle("near", near.has(j));
        node.setAttribute("aria-pressed", String(j === chosen));
      });
      lines.forEach((line, j) => {
        const [a, b] = data.lines[j];
        line.classList.toggle("near", (up.has(a) && up.has(b)) || (down.has(a) && down.has(b)));
      });
      clear.disabled = chosen === null;
      if (chosen !== null) {
        tell(chosen);
        telling.append(paragraph("marked", `${up.size - 1} above, ${down.size - 1} below`));
      }
    };
    const go = (i) => { nodes.forEach((node, j) => { node.tabIndex = j === i ? 0 : -1; }); nodes[i].focus(); };
    const beside = (i, step) => {
      const layer = data.nodes.map((_, j) => j).filter((j) => data.nodes[j].layer === data.nodes[i].layer);
      layer.sort((a, b) => data.nodes[a].x - data.nodes[b].x);
      return layer[layer.indexOf(i) + step];
    };
    const nearest = (i, others) => others.toSorted(
      (a, b) => Math.abs(data.nodes[a].x - data.nodes[i].x) - Math.abs(data.nodes[b].x - data.nodes[i].x))[0];
    const keys = {
      ArrowUp: (i) => nearest(i, upper[i]), ArrowDown: (i) => nearest(i, lower[i]),
      ArrowLeft: (i) => beside(i, -1), ArrowRight: (i) => beside(i, 1), Home: () => 0, End: () => nodes.length - 1,
    };
    nodes.forEach((node, i) => {
      node.tabIndex = i === 0 ? 0 : -1;
      node.setAttribute("role", "button");
      node.addEventListener("pointerenter", () => { if (chosen === null) tell(i); });
      node.addEventListener("focus", () => { if (chosen === null || chosen === i) tell(i); });
      node.addEventListener("click", () => { go(i); choose(i); });
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") choose(i);
        else if (event.key === "Escape") { if (chosen !== null) choose(chosen); }
        else if (keys[event.key]) {
          const next = keys[event.key](i);
          if (next !== undefined) { go(next); tell(next); }
        } else return;
        event.preventDefault();
      });
    });
    const look = () => {
      const word = search.value.trim().toLocaleLowerCase();
      const hits = data.nodes.map((node) => word !== ""
        && [...node.own_intent, ...node.own_extent].some((name) => name.toLocaleLowerCase().includes(word)));
      nodes.forEach((node, i) => node.classList.toggle("match", hits[i]));
      const count = hits.filter(Boolean).length;
      found.textContent = word === "" ? "" : count === 0 ? "nothing found" : `${count} found`;
      if (count) tell(hits.indexOf(true));
    };
    search.addEventListener("input", look);
    search.addEventListener("keydown", (event) => {
      const first = nodes.findIndex((node) => node.classList.contains("match"));
      if (event.key === "Enter" && first >= 0) { event.preventDefault(); go(first); }
      if (event.key === "Escape") { search.value = ""; look(); }
    });
    clear.addEventListener("click", () => { if (chosen !== null) choose(chosen); });
    clear.disabled = true;
    tell(0);
  };
  const all = () => document.querySelectorAll(".lattice-explorer").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
})();
