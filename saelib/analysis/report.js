// The tables of the report: sort, search, pages, details, deep links, download.
// All words from outside reach the page as text, never as markup.
(() => {
  "use strict";
  const PER_PAGE = 50;
  const RELATED = 12;
  const LISTED = 6; // members of a list that a cell shows
  const LISTS = { concepts: "concept", neurons: "neuron" }; // what the members of such a column are
  const make = (tag, attributes = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...inside.filter((each) => each !== null && each !== undefined));
    return element;
  };
  const draw = (tag, attributes = {}, text = null) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== null) element.textContent = text;
    return element;
  };
  const grouped = (value) => value.toLocaleString("en-US");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // The same rules as report_values.rounded.
  const rounded = (value) => {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    const sign = (text) => text.replace(/^-/, "−");
    if (Number.isInteger(value)) return sign(grouped(value));
    const size = Math.abs(value);
    if (size < 0.0005) return sign(value.toExponential(1).replace("e+", "e"));
    const places = size < 1 ? 3 : size < 10 ? 2 : size < 1000 ? 1 : 0;
    return sign(value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }));
  };

  class Table {
    constructor(box) {
      const told = JSON.parse(document.getElementById(`data-${box.dataset.table}`).textContent);
      this.box = box;
      this.name = told.name;
      this.columns = told.columns;
      this.data = told.data;
      this.rows = told.rows;
      this.total = told.total;
      this.data.forEach((column) => {
        column.v = column.v.map((value) => (value === "∞" ? Infinity : value === "−∞" ? -Infinity : value));
        if (column.w) column.low = column.w.map((word) => word.toLocaleLowerCase());
      });
      this.order = Array.from({ length: this.rows }, (_, i) => i);
      this.found = this.order;
      this.page = 0;
      this.sorted = null;
      this.all = false;
      this.build();
    }

    at(row, c) {
      const column = this.data[c];
      const value = column.v[row];
      if (value === null || (Array.isArray(value) && !value.length)) return null;
      if (!column.w) return value;
      return Array.isArray(value) ? value.map((code) => column.w[code]) : column.w[value];
    }

    column(name) { return this.columns.findIndex((column) => column.name === name); }

    text(row, c) {
      const value = this.at(row, c);
      const { kind } = this.columns[c];
      if (value === null) return "";
      if (kind === "truth") return value ? "yes" : "no";
      if (Array.isArray(value)) return value.join(", ");
      return kind === "number" ? rounded(value) : String(value);
    }

    cell(row, c) {
      const { kind } = this.columns[c];
      const text = this.text(row, c);
      if (text === "") return make("td", { class: `${kind} missing`, title: "not available" }, "–");
      const cell = make("td", { class: kind });
      if (kind === "number") { cell.title = String(this.at(row, c)); cell.append(text); }
      else if (kind === "truth") { cell.append(text); cell.classList.add(text); }
      else if (LISTS[kind]) {
        const members = this.at(row, c);
        cell.append(...listed(LISTS[kind], members.slice(0, LISTED)));
        if (members.length > LISTED) { cell.append(` and ${members.length - LISTED} more`); cell.title = text; }
      } else cell.append(value(kind, text));
      return cell;
    }

    build() {
      this.search = make("input", { type: "search", placeholder: "Filter rows", "aria-label": `Filter the rows of ${this.name}`,
        autocomplete: "off", spellcheck: "false" });
      this.search.addEventListener("input", () => this.look());
      this.search.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && this.search.value) { this.search.value = ""; this.look(); event.preventDefault(); }
      });
      const more = this.columns.filter((column) => !column.main).length;
      this.more = more ? make("button", { type: "button", "aria-pressed": "false",
        onclick: () => { this.all = !this.all; this.more.setAttribute("aria-pressed", String(this.all)); this.head(); this.show(); } }, `All ${this.columns.length} columns`) : null;
      this.save = make("a", { class: "button", href: "#", download: `${this.name}.csv`, title: "The rows as filtered and sorted, all columns, exact values." +
        " Text that a spreadsheet would run as a formula gets a leading apostrophe." }, "CSV");
      this.save.addEventListener("click", () => this.download());
      this.status = make("span", { class: "status", role: "status" });
      this.turn = ["First", "Previous", "Next", "Last"].map((label, i) =>
        make("button", { type: "button", onclick: () => { this.page = [0, this.page - 1, this.page + 1, this.pages() - 1][i]; this.show(); this.scroll.scrollTop = 0; },
          "aria-label": `${label} page of ${this.name}` }, label));
      this.table = this.box.querySelector("table");
      this.scroll = this.box.querySelector(".scroll");
      this.table.querySelector("caption").remove();
      this.scroll.before(make("div", { class: "controls" }, this.search, this.more, this.save, this.status));
      this.pager = make("nav", { class: "pager", "aria-label": `pages of ${this.name}` }, ...this.turn);
      this.scroll.after(this.pager);
      this.table.tBodies[0].addEventListener("click", (event) => {
        if (event.target.closest("a") || String(getSelection())) return;
        const link = event.target.closest("tr")?.querySelector("a");
        if (link) location.hash = link.getAttribute("href");
      });
      this.head();
      this.show();
    }

    shown() { return this.columns.map((_, c) => c).filter((c) => this.all || this.columns[c].main); }

    head() {
      const row = make("tr");
      for (const c of this.shown()) {
        const { label, kind, help } = this.columns[c];
        const button = make("button", { type: "button", onclick: () => this.sort(c) }, label, make("span", { class: "arrow", "aria-hidden": "true" }));
        if (help) explain(button, help);
        const cell = make("th", { scope: "col", class: kind, "data-column": this.columns[c].name }, button);
        cell.setAttribute("aria-sort", this.sorted?.c === c ? (this.sorted.down ? "descending" : "ascending") : "none");
        row.append(cell);
      }
      this.table.tHead.replaceChildren(row);
    }

    sort(c) {
      const { kind } = this.columns[c];
      const first = kind === "number" || kind === "truth" || kind in LISTS; // the largest first
      const down = this.sorted?.c === c ? !this.sorted.down : first;
      this.sorted = { c, down };
      const column = this.data[c];
      let key = column.v;
      if (column.w) {
        const rank = [];
        [...column.w.keys()].sort((a, b) => collator.compare(column.w[a], column.w[b])).forEach((word, i) => { rank[word] = i; });
        key = column.v.map((value) => (value === null ? null : Array.isArray(value) ? value.length : rank[value]));
      } else if (LISTS[kind]) key = column.v.map((value) => value.length);
      const way = down ? -1 : 1;
      this.order = Array.from({ length: this.rows }, (_, i) => i).sort((a, b) => {
        const x = key[a], y = key[b];
        if (x === null || y === null) return (x === null) - (y === null) || a - b; // unavailable ones last, either way
        return x === y ? a - b : x < y ? -way : way;
      });
      this.head();
      this.look();
      this.table.tHead.rows[0].cells[this.shown().indexOf(c)].querySelector("button").focus();
    }

    look() {
      const words = this.search.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let found = this.order;
      for (const word of words) {
        const hits = this.data.map((column) => (column.low ? column.low.map((text) => text.includes(word)) : null));
        const ids = this.columns.map(({ kind }, c) => (/^neurons?$/.test(kind) ? c : -1)).filter((c) => c >= 0);
        const number = /^\d+$/.test(word) ? Number(word) : null;
        const among = (value, test) => (Array.isArray(value) ? value.some(test) : test(value));
        found = found.filter((row) => hits.some((hit, c) => hit && among(this.data[c].v[row], (code) => hit[code]))
          || (number !== null && ids.some((c) => among(this.data[c].v[row], (id) => id === number))));
      }
      this.found = found;
      this.page = 0;
      this.show();
    }

    pages() { return Math.max(1, Math.ceil(this.found.length / PER_PAGE)); }

    show() {
      this.page = Math.min(Math.max(this.page, 0), this.pages() - 1);
      const from = this.page * PER_PAGE;
      const rows = this.found.slice(from, from + PER_PAGE);
      const shown = this.shown();
      this.table.tBodies[0].replaceChildren(...rows.map((row) => make("tr", {}, ...shown.map((c) => this.cell(row, c)))));
      const of = this.found.length === this.rows ? grouped(this.rows) : `${grouped(this.found.length)} found among ${grouped(this.rows)}`;
      this.status.textContent = rows.length === 0 ? `Nothing found among ${grouped(this.rows)} rows`
        : `Rows ${grouped(from + 1)}–${grouped(from + rows.length)} of ${of}`;
      this.turn.forEach((button, i) => { button.disabled = i < 2 ? this.page === 0 : this.page >= this.pages() - 1; });
      this.pager.hidden = this.pages() === 1;
    }

    download() {
      const quoted = (value) => {
        let text = value === null ? "" : Array.isArray(value) ? value.join("; ") : String(value);
        if (typeof value !== "number" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      };
      const lines = [this.columns.map((column) => quoted(column.name)).join(",")];
      for (const row of this.found) lines.push(this.columns.map((_, c) => quoted(this.at(row, c))).join(","));
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }));
      this.save.href = this.url;
    }

    rowsWhere(kind, wanted, only = null) {
      const hits = [];
      this.columns.forEach((column, c) => {
        if ((column.kind !== kind && LISTS[column.kind] !== kind) || (only && column.name !== only)) return;
        const { v, w } = this.data[c];
        const code = w ? w.indexOf(wanted) : /^\d+$/.test(wanted) ? Number(wanted) : -1;
        if (code < 0) return;
        for (let row = 0; row < this.rows; row++) {
          if (v[row] === code || (Array.isArray(v[row]) && v[row].includes(code))) hits.push([row, c]);
        }
      });
      return hits;
    }
  }

  const value = (kind, text) => {
    const name = make("bdi", {}, text);
    return kind === "text" ? name : make("a", { href: `#${kind}=${encodeURIComponent(text)}` }, name);
  };

  const listed = (kind, members) => members.flatMap((name, i) => (i ? [", ", value(kind, String(name))] : [value(kind, String(name))]));

  // One tooltip for all column heads: it may leave the box in which the table scrolls.
  const tip = make("div", { id: "tip", role: "tooltip", hidden: "" });
  const explain = (button, help) => {
    const open = () => {
      tip.textContent = help;
      tip.hidden = false;
      const box = button.getBoundingClientRect();
      const width = Math.min(320, innerWidth - 16);
      tip.style.maxWidth = `${width}px`;
      tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
      tip.style.top = `${box.bottom + 6}px`;
      button.setAttribute("aria-describedby", "tip");
    };
    const close = () => { tip.hidden = true; button.removeAttribute("aria-describedby"); };
    for (const when of ["pointerenter", "focus"]) button.addEventListener(when, open);
    for (const when of ["pointerleave", "blur", "click"]) button.addEventListener(when, close);
    button.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  };

  // ---------------------------------------------------------------------------------------- details
  const ORDER = ["pairs", "concepts", "edges", "splitting", "neurons", "families", "lattice", "geometry"];
  const TITLES = {
    "concept pairs concept": "Its best neurons", "concept concepts parent": "Its children",
    "concept edges parent": "Absorption: what becomes of its children", "concept edges child": "Absorption: it and its parent",
    "concept neurons concept": "Neurons that it describes best", "concept neurons second": "Neurons that it describes second best",
    "concept families concepts": "Families it takes part in", "concept lattice concepts": "In the lattice",
    "concept geometry concept": "What geometry allows", "neuron pairs neuron": "Concepts for which it is among the five best",
    "neuron concepts neuron": "Concepts whose best neuron it is", "neuron splitting or_neurons": "Concepts whose union it belongs to",
    "neuron edges parent_neuron": "Absorption: as the parent's neuron", "neuron edges child_neuron": "Absorption: as the child's neuron",
    "neuron families neurons": "Families it belongs to", "neuron lattice neurons": "In the lattice",
    "neuron geometry neuron": "What geometry allows",
  };
  const TWICE = ["concepts or_neurons", "splitting neuron"]; // shown under the other one
  const tables = {};
  const panel = make("dialog", { id: "details", "aria-labelledby": "details-title" });
  const facts = (table, row, skip) => {
    const list = make("dl", { class: "facts" });
    table.columns.forEach((column, c) => {
      const text = table.text(row, c);
      if (column.name === skip || text === "") return;
      const told = make("dd", {});
      if (LISTS[column.kind]) told.append(...listed(LISTS[column.kind], table.at(row, c)));
      else told.append(["concept", "neuron", "text"].includes(column.kind) ? value(column.kind, text) : text);
      if (column.kind === "number") told.title = String(table.at(row, c));
      list.append(make("div", { title: column.help }, make("dt", {}, column.label), told));
    });
    return list;
  };

  const related = (table, hits, role) => {
    const columns = table.columns.map((_, c) => c).filter((c) => table.columns[c].main && c !== role).slice(0, 9);
    const head = make("tr", {}, ...columns.map((c) => make("th", { scope: "col", class: table.columns[c].kind, title: table.columns[c].help }, table.columns[c].label)));
    const body = hits.slice(0, RELATED).map((row) => make("tr", {}, ...columns.map((c) => table.cell(row, c))));
    const rest = hits.length - body.length;
    return [make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `rows of ${table.name}` },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...body))),
    rest > 0 ? make("p", { class: "note" }, `and ${grouped(rest)} more`) : null];
  };

  // Recall upwards, leak to the right, on scales of square roots: most of what matters lies at small leaks.
  const plane = (points) => {
    const [w, h, l, b, t, r] = [360, 240, 44, 40, 12, 12];
    const most = Math.max(0.02, ...points.map((p) => p.leak));
    const top = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((step) => step >= most) ?? 1;
    const x = (leak) => l + Math.sqrt(leak / top) * (w - l - r);
    const y = (recall) => t + (1 - recall) * (h - t - b);
    const svg = draw("svg", { viewBox: `0 0 ${w} ${h}`, class: "chart", role: "img", "aria-label": "recall and leak of each pair" });
    for (const recall of [0, 0.5, 1]) {
      svg.append(draw("line", { class: "grid", x1: l, x2: w - r, y1: y(recall), y2: y(recall) }),
        draw("text", { x: l - 6, y: y(recall) + 4, "text-anchor": "end" }, String(recall)));
    }
    for (const leak of [0, top / 4, top]) svg.append(draw("text", { x: x(leak), y: h - b + 16, "text-anchor": leak === top ? "end" : "middle" }, String(leak)));
    svg.append(draw("text", { x: (w + l) / 2, y: h - 6, "text-anchor": "middle" }, "leak: share of the other points it fires on"));
    svg.append(draw("text", { transform: `translate(12 ${(h - b) / 2 + t}) rotate(-90)`, "text-anchor": "middle" }, "recall"));
    points.forEach((point, i) => {
      const dot = draw("circle", { class: i === 0 ? "dot first" : "dot", cx: x(point.leak), cy: y(point.recall), r: i === 0 ? 6 : 4.5 });
      dot.append(draw("title", {}, `${point.name}: recall ${rounded(point.recall)}, leak ${rounded(point.leak)}`));
      svg.append(dot);
      if (points.length <= 8) svg.append(draw("text", { x: x(point.leak) + 8, y: y(point.recall) + 4 }, point.name.slice(0, 16)));
    });
    return svg;
  };

  const details = (kind, name) => {
    const title = make("h2", { id: "details-title", tabindex: "-1" }, kind === "concept" ? "Concept " : "Neuron ", make("bdi", {}, name));
    const close = make("button", { type: "button", class: "close", "aria-label": "Close the details", onclick: () => panel.close() }, "Close");
    const parts = [make("div", { class: "details-head" }, title, close)];
    const home = tables[`${kind}s`];
    const own = home?.rowsWhere(kind, name, kind) ?? [];
    let known = own.length > 0;
    if (known) parts.push(facts(home, own[0][0], kind));
    for (const table of ORDER.map((name) => tables[name])) {
      if (!table || (table.name === "splitting" && kind === "concept")) continue; // its facts say the same
      const roles = new Map();
      for (const [row, c] of table.rowsWhere(kind, name)) {
        const { name: column } = table.columns[c];
        if ((table === home && column === kind) || TWICE.includes(`${table.name} ${column}`)) continue;
        roles.set(c, [...(roles.get(c) ?? []), row]);
      }
      for (const [c, rows] of roles) {
        known = true;
        const title = TITLES[`${kind} ${table.name} ${table.columns[c].name}`];
        parts.push(make("h3", {}, title ?? `In ${table.name}, as ${table.columns[c].label}`));
        const [recall, leak] = [table.column("recall"), table.column("leak")];
        const other = table.column(kind === "concept" ? "neuron" : "concept");
        if (table.name === "pairs") {
          const points = rows.filter((row) => table.at(row, recall) !== null && table.at(row, leak) !== null)
            .map((row) => ({ recall: table.at(row, recall), leak: table.at(row, leak), name: table.text(row, other) }));
          if (points.length) parts.push(make("figure", { class: "small" }, plane(points)));
        }
        parts.push(...related(table, rows, c));
      }
    }
    if (!known) parts.push(make("p", {}, `No ${kind} of this name is in the report.`));
    panel.replaceChildren(...parts.filter(Boolean));
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    title.focus();
  };

  const follow = () => {
    const asked = /^#(concept|neuron)=(.*)$/s.exec(location.hash);
    if (!asked) { if (panel.open) panel.close(); return; }
    let name = asked[2];
    try { name = decodeURIComponent(name); } catch { /* not encoded: as it stands */ }
    details(asked[1], name);
  };

  const start = () => {
    document.documentElement.classList.add("live");
    document.body.append(tip, panel);
    panel.addEventListener("close", () => { if (/^#(concept|neuron)=/.test(location.hash)) history.replaceState(null, "", location.pathname + location.search); });
    panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
    document.querySelectorAll(".table").forEach((box) => { tables[box.dataset.table] = new Table(box); });
    addEventListener("hashchange", follow);
    // Paper shows what the columns mean; what was closed is closed again afterwards.
    addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((each) => { each.open = true; each.dataset.printed = ""; }));
    addEventListener("afterprint", () => document.querySelectorAll("details[data-printed]").forEach((each) => { each.open = false; delete each.dataset.printed; }));
    addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
    follow();
    // A wide lattice begins at its top, which is in the middle.
    document.querySelectorAll(".lattice-explorer .drawing").forEach((box) => { box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2; });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
