// The screen of newslab.explore. Whatever comes from articles is set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const TABS = [
  ["list", "List"],
  ["matrix", "Matrix"],
  ["network", "Network"],
  ["lost", "Quotations without a speaker"],
  ["corrections", "Corrections"],
];
const VERB = { negative: "criticizes", positive: "backs" };
const FAINT = 0.1; // expected articles below which no arrow is drawn
const PAGE = 200; // rows drawn at a time
let serial = 0;

/** An element with attributes, handlers (on…) and children; strings become text nodes. */
function h(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "circle", "text", "title", "defs", "marker"].includes(tag);
  const node = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return node;
}

/** Expected articles as newslab.plurals.number tells them, halves too: 10.5 is "10" and 2.25 is "2.2", as Python rounds. */
const figure = (x) => {
  if (x < 0.05) return x < 1e-9 ? "0" : "<0.1";
  if (x < 9.95) return (x % 1 === 0.25 ? x - 0.01 : x).toFixed(1);
  return (x % 2 === 0.5 ? Math.floor(x) : Math.round(x)).toLocaleString("en");
};
const many = (n, thing) => `${n.toLocaleString("en")} ${thing}${n === 1 ? "" : "s"}`;
const short = (text, n) => (text.length > n ? text.slice(0, n - 1) + "…" : text);
/** A name on its own: of two that run from right to left, the source would else stand where the target does. */
const name = (text, n) => h("bdi", {}, short(text, n));

function render({ model, el }) {
  const id = `nlx${++serial}`;
  const waiting = new Map(); // answers that are awaited, by number
  let request = 0;
  let shown = PAGE;

  const status = h("div", { class: "nlx-status", role: "status", "aria-live": "polite" });
  const bar = h("form", { class: "nlx-bar", role: "search", "aria-label": "Filter edges", onsubmit: (e) => e.preventDefault() });
  const tabs = h("div", { class: "nlx-tabs", role: "tablist", "aria-label": "Views" });
  const left = h("div", { class: "nlx-left", role: "tabpanel", tabindex: "-1", id: `${id}-panel` });
  const right = h("section", { class: "nlx-right", "aria-label": "Evidence", tabindex: "0" });
  const names = h("datalist", { id: `${id}-names` });
  const root = h(
    "div",
    { class: "nlx", role: "region", "aria-label": "newslab explorer", style: `height:${model.get("_height")}px`, "data-lm-suppress-shortcuts": "true" },
    bar, tabs, h("div", { class: "nlx-panes" }, left, right), status, names
  );
  el.append(root);

  const say = (text, wrong = false) => {
    status.textContent = text;
    status.classList.toggle("nlx-wrong", wrong);
  };

  function ask(content) {
    const number = ++request;
    model.send({ ...content, request: number });
    return new Promise((resolve) => waiting.set(number, resolve));
  }

  function correct(content) {
    return ask(content).then((answer) => {
      if (answer.kind === "error") say(answer.message, true);
      else say(`Correction: ${answer.message}.`);
    });
  }

  const onMessage = (message) => {
    const resolve = waiting.get(message.request);
    if (!resolve) return;
    waiting.delete(message.request);
    resolve(message);
  };
  model.on("msg:custom", onMessage);

  // ---- filters

  function field(label, control) {
    const key = `${id}-${label.replace(/\W/g, "")}`;
    control.id = key;
    return h("span", { class: "nlx-field" }, h("label", { for: key }, label), control);
  }

  function setFilter(key, value) {
    shown = PAGE;
    model.set("filters", { ...model.get("filters"), [key]: value });
    model.save_changes();
  }

  function drawBar() {
    const filters = model.get("filters");
    const options = model.get("_options");
    let timer = null;
    const choice = (key, all, values) =>
      h(
        "select",
        { onchange: (e) => setFilter(key, e.target.value) },
        h("option", { value: "" }, all),
        values.map((v) => {
          const [value, text] = Array.isArray(v) ? v : [v, v];
          return h("option", { value, selected: filters[key] === value }, short(text, 40));
        })
      );
    const later = (key, read) => (e) => {
      clearTimeout(timer);
      timer = setTimeout(() => setFilter(key, read(e.target)), 250);
    };
    const day = (key) =>
      h("input", {
        type: "date", min: options.since, max: options.until, value: filters[key] || "",
        onchange: (e) => setFilter(key, e.target.value),
      });
    bar.replaceChildren(
      ...[
        field("Name", h("input", { type: "search", size: 14, value: filters.search || "", oninput: later("search", (i) => i.value) })),
        field("Kind", choice("polarity", "criticism and support", [["negative", "criticism"], ["positive", "support"]])),
        options.type && options.type.length > 1 ? field("Actors", choice("type", "all", options.type)) : null,
        options.party && options.party.length ? field("Party", choice("party", "all", options.party)) : null,
        options.outlet && options.outlet.length > 1 ? field("Outlet", choice("outlet", "all", options.outlet)) : null,
        options.since ? field("From", day("since")) : null,
        options.until ? field("To", day("until")) : null,
        field("At least", h("input", {
          type: "number", min: 0, step: 0.5, value: filters.least || 0, title: "expected number of articles",
          oninput: later("least", (i) => Number(i.value) || 0),
        })),
      ].filter(Boolean)
    );
  }

  // ---- tabs

  function drawTabs() {
    const view = model.get("view");
    const counts = { lost: model.get("_summary").lost, corrections: model.get("_log").length };
    tabs.replaceChildren(
      ...TABS.map(([key, label]) =>
        h(
          "button",
          {
            role: "tab", type: "button", id: `${id}-tab-${key}`, "aria-controls": `${id}-panel`,
            "aria-selected": String(view === key), tabindex: view === key ? 0 : -1,
            onclick: () => show(key),
            onkeydown: (e) => {
              const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
              if (!step) return;
              e.preventDefault();
              e.stopPropagation();
              const at = TABS.findIndex(([k]) => k === key);
              const next = TABS[(at + step + TABS.length) % TABS.length][0];
              show(next);
              tabs.querySelector(`#${id}-tab-${next}`).focus();
            },
          },
          label + (key in counts ? ` (${counts[key]})` : "")
        )
      )
    );
    left.setAttribute("aria-labelledby", `${id}-tab-${view}`);
  }

  function show(view) {
    model.set("view", view);
    model.save_changes();
  }

  // ---- the left side

  const actor = (n) => model.get("_actors")[n];
  const isChosen = ([s, t]) => {
    const chosen = model.get("_selected");
    return chosen.length === 2 && actor(s)[0] === chosen[0] && actor(t)[0] === chosen[1];
  };
  const words = ([s, t, negative, positive, n]) => {
    const parts = [];
    if (negative > 0) parts.push(`criticizes ${actor(t)[1]}, expected in ${figure(negative)} articles`);
    if (positive > 0) parts.push(`backs ${actor(t)[1]}, expected in ${figure(positive)} articles`);
    return `${actor(s)[1]} ${parts.join(", and ")} (evidence in ${n})`;
  };

  /** By which what is drawn of an edge is found again. */
  const keyOf = (edge) => `${edge[0]} ${edge[1]}`;

  function choose(edge) {
    if (isChosen(edge)) drawRight(); // an article may stand there in its stead
    model.set("_selected", [actor(edge[0])[0], actor(edge[1])[0]]);
    model.save_changes();
    say(words(edge));
  }

  /** One stop for the Tab key; arrows go on from there. `next(node, key)` is the node that an arrow leads to. */
  function rove(container, selector, next) {
    const nodes = [...container.querySelectorAll(selector)];
    if (!nodes.length) return;
    (nodes.find((n) => n.classList.contains("nlx-chosen")) || nodes[0]).setAttribute("tabindex", "0");
    container.onkeydown = (e) => {
      const here = e.target.closest(selector);
      if (!here) return;
      if ((e.key === "Enter" || e.key === " ") && here.tagName !== "BUTTON") {
        e.preventDefault();
        here.dispatchEvent(new Event("click"));
        return;
      }
      const to = next(here, e.key, [...container.querySelectorAll(selector)]);
      if (!to) return;
      e.preventDefault();
      e.stopPropagation();
      here.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    };
  }

  const line = (here, key, nodes) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    if (key === "Home") return nodes[0];
    if (key === "End") return nodes[nodes.length - 1];
    return step ? nodes[nodes.indexOf(here) + step] : null;
  };

  function drawList() {
    const edges = model.get("_edges");
    const cell = (x, kind) =>
      h("td", { class: "nlx-number" }, x > 0 ? h("span", { class: `nlx-${kind}` }, kind === "negative" ? "−" : "+", figure(x)) : "");
    const body = h(
      "tbody", {},
      edges.slice(0, shown).map((edge) =>
        h(
          "tr", { class: isChosen(edge) ? "nlx-chosen" : null },
          h(
            "td", {},
            h(
              "button",
              {
                type: "button", class: `nlx-edge${isChosen(edge) ? " nlx-chosen" : ""}`, tabindex: -1, "data-edge": keyOf(edge),
                "aria-pressed": String(isChosen(edge)), "aria-label": words(edge), onclick: () => choose(edge),
              },
              name(actor(edge[0])[1], 60), h("span", { class: "nlx-arrow" }, " → "), name(actor(edge[1])[1], 60)
            )
          ),
          cell(edge[2], "negative"), cell(edge[3], "positive"), h("td", { class: "nlx-number" }, String(edge[4]))
        )
      )
    );
    const head = ["edge", "criticism", "support", "articles"].map((t) => h("th", { scope: "col" }, t));
    left.append(
      h("table", { class: "nlx-list" }, h("caption", {}, counted()), h("thead", {}, h("tr", {}, head)), body)
    );
    if (edges.length > shown)
      left.append(h("button", { type: "button", onclick: () => { shown += PAGE; drawLeft(); } }, `Show ${Math.min(PAGE, edges.length - shown)} more`));
    rove(left, ".nlx-edge", line);
  }

  function counted() {
    const { edges, shown: n } = model.get("_summary");
    if (!edges) return "No edge fits these filters.";
    return `${many(edges, "edge")}${n < edges ? `, the strongest ${n.toLocaleString("en")} here` : ""}; expected numbers of articles`;
  }

  function howMany() {
    return h(
      "p", { class: "nlx-how" },
      field("Actors shown", h("input", {
        type: "range", min: 5, max: 80, step: 5, value: model.get("n_actors"),
        onchange: (e) => { model.set("n_actors", Number(e.target.value)); model.save_changes(); },
      })),
      h("span", {}, ` ${Math.min(model.get("n_actors"), model.get("_actors").length)} with the most criticism and support`)
    );
  }

  function drawMatrix() {
    const n = Math.min(model.get("n_actors"), model.get("_actors").length);
    const edges = model.get("_edges").filter(([s, t]) => s < n && t < n);
    const at = new Map(edges.map((e) => [`${e[0]} ${e[1]}`, e]));
    const rows = [...Array(n).keys()].filter((k) => edges.some(([s]) => s === k));
    const columns = [...Array(n).keys()].filter((k) => edges.some(([, t]) => t === k));
    const most = Math.max(...edges.map((e) => Math.max(e[2], e[3])), 1e-9);
    const head = h(
      "tr", {}, h("td", {}),
      columns.map((c) => h("th", { scope: "col", class: "nlx-column" }, h("span", {}, short(actor(c)[1], 26))))
    );
    const body = rows.map((r, y) =>
      h(
        "tr", {}, h("th", { scope: "row" }, short(actor(r)[1], 26)),
        columns.map((c, x) => {
          const edge = at.get(`${r} ${c}`);
          if (!edge) return h("td", { class: r === c ? "nlx-self" : null });
          const kind = edge[2] >= edge[3] ? "negative" : "positive";
          const value = Math.max(edge[2], edge[3]);
          return h(
            "td", {},
            h(
              "button",
              {
                type: "button", tabindex: -1, "data-x": x, "data-y": y, "data-edge": keyOf(edge), "aria-label": words(edge), title: words(edge),
                "aria-pressed": String(isChosen(edge)),
                class: `nlx-cell nlx-on-${kind}${isChosen(edge) ? " nlx-chosen" : ""}`,
                style: `--nlx-weight:${Math.round(8 + 37 * Math.sqrt(value / most))}%`, onclick: () => choose(edge),
              },
              (kind === "negative" ? "−" : "+") + figure(value)
            )
          );
        })
      )
    );
    left.append(
      howMany(),
      h("p", {}, edges.length ? "Who (rows) criticizes (−) or backs (+) whom (columns): expected number of articles, the larger of the two." : counted()),
      h("table", { class: "nlx-matrix" }, h("thead", {}, head), h("tbody", {}, body))
    );
    rove(left, ".nlx-cell", (here, key, nodes) => {
      const dx = { ArrowRight: 1, ArrowLeft: -1 }[key] || 0;
      const dy = { ArrowDown: 1, ArrowUp: -1 }[key] || 0;
      if (!dx && !dy) return null;
      const [x, y] = [Number(here.dataset.x), Number(here.dataset.y)];
      const ahead = nodes.filter((c) => {
        const [u, v] = [Number(c.dataset.x) - x, Number(c.dataset.y) - y];
        return dx ? v === 0 && u * dx > 0 : v * dy > 0;
      });
      const far = (c) => dx ? Math.abs(c.dataset.x - x) : 1000 * Math.abs(c.dataset.y - y) + Math.abs(c.dataset.x - x);
      return ahead.sort((a, b) => far(a) - far(b))[0];
    });
  }

  function drawNetwork() {
    const n = Math.min(model.get("n_actors"), model.get("_actors").length);
    const edges = model.get("_edges").filter(([s, t]) => s < n && t < n);
    const place = (k) => actor(k).slice(3);
    const most = Math.max(...edges.map((e) => Math.max(e[2], e[3])), 1e-9);
    const svg = h("svg", { viewBox: "0 0 640 600", class: "nlx-network", role: "group", "aria-label": "Network of actors" });
    const defs = h("defs");
    for (const kind of ["negative", "positive"])
      defs.append(
        h("marker", { id: `${id}-${kind}`, viewBox: "0 0 10 10", refX: 8.5, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
          h("path", { d: "M0,0.5 L10,5 L0,9.5 z", class: `nlx-tip-${kind}` }))
      );
    svg.append(defs);
    const radius = 7;
    for (const edge of [...edges].reverse())
      for (const [kind, value] of [["negative", edge[2]], ["positive", edge[3]]]) {
        if (value < FAINT) continue;
        const [[x0, y0], [x1, y1]] = [place(edge[0]), place(edge[1])];
        const [dx, dy] = [x1 - x0, y1 - y0];
        const far = Math.hypot(dx, dy) || 1;
        const bend = (kind === "negative" ? 0.14 : 0.26) * far;
        const [cx, cy] = [(x0 + x1) / 2 - (dy / far) * bend, (y0 + y1) / 2 + (dx / far) * bend];
        const away = (px, py, r) => {
          const d = Math.hypot(cx - px, cy - py) || 1;
          return [px + ((cx - px) / d) * r, py + ((cy - py) / d) * r];
        };
        const [sx, sy] = away(x0, y0, radius);
        const [tx, ty] = away(x1, y1, radius + 4);
        const d = `M${sx.toFixed(1)},${sy.toFixed(1)} Q${cx.toFixed(1)},${cy.toFixed(1)} ${tx.toFixed(1)},${ty.toFixed(1)}`;
        const weight = (1 + 4 * Math.sqrt(value / most)).toFixed(1);
        svg.append(
          h("g", {
              class: `nlx-link nlx-link-${kind}${isChosen(edge) ? " nlx-chosen" : ""}`, role: "button", tabindex: -1, "data-edge": keyOf(edge),
              "aria-pressed": String(isChosen(edge)),
              "aria-label": `${actor(edge[0])[1]} ${VERB[kind]} ${actor(edge[1])[1]}, expected in ${figure(value)} articles`,
              onclick: () => choose(edge),
            },
            h("title", {}, words(edge)), h("path", { d, class: "nlx-wide" }),
            h("path", { d, class: "nlx-line", "stroke-width": weight, "marker-end": `url(#${id}-${kind})` }))
        );
      }
    for (let k = 0; k < n; k++) {
      const [x, y] = place(k);
      svg.append(
        h("g", { class: "nlx-node", onclick: () => setFilter("search", actor(k)[1]) },
          h("title", {}, `${actor(k)[1]} (${actor(k)[2]}); click to see its edges alone`),
          h("circle", { cx: x, cy: y, r: radius }),
          h("text", { x, y: y - 12 }, short(actor(k)[1], 24)))
      );
    }
    left.append(
      howMany(),
      h("p", {}, edges.length ? h("span", { class: "nlx-negative" }, "— criticizes  ") : counted(), edges.length ? h("span", { class: "nlx-positive" }, "- - backs") : "", edges.length ? ` (from ${FAINT} expected articles on)` : ""),
      svg
    );
    rove(left, ".nlx-link", (here, key, nodes) => line(here, key, nodes.reverse()));
  }

  function drawLost() {
    const lost = model.get("_lost");
    const total = model.get("_summary").lost;
    left.append(h("p", {}, total ? `${many(total, "quotation")} without a speaker${lost.length < total ? `; the first ${lost.length} are here` : ""}. All are in analysis.quotes, and count for nobody until you say whose they are.` : "Every quotation has a speaker."));
    const list = h("ol", { class: "nlx-lost" });
    lost.slice(0, shown).forEach((quote, n) => {
      const key = `${id}-lost-${n}`;
      const near = h("datalist", { id: `${key}-names` }, quote.names.map((x) => h("option", { value: x })));
      const input = h("input", { id: key, list: `${key}-names`, size: 22 });
      const assign = (e) => {
        e.preventDefault();
        if (!input.value.trim()) return say("Give the name of the speaker.", true);
        correct({ kind: "speaker", quote: quote.quote, value: input.value });
      };
      list.append(
        h("li", {},
          h("blockquote", {}, quote.text),
          h("form", { onsubmit: assign },
            h("label", { for: key }, "Speaker"), input, near,
            h("button", { type: "submit" }, "Assign"),
            h("button", { type: "button", onclick: () => ask({ kind: "text", article: quote.article, quote: quote.quote }).then(drawAlone) }, "Read it in its article")))
      );
    });
    left.append(list);
    if (lost.length > shown)
      left.append(h("button", { type: "button", onclick: () => { shown += PAGE; drawLeft(); } }, "Show more"));
  }

  function drawLog() {
    const log = model.get("_log");
    left.append(h("p", {}, log.length ? "Newest first." : "No corrections yet. Choose an edge and judge its evidence."));
    left.append(
      h("ol", { class: "nlx-log", reversed: true },
        log.map((row) =>
          h("li", {}, row.said, h("small", {}, ` ${row.author ? row.author + ", " : ""}${row.time} UTC `),
            h("button", { type: "button", "aria-label": `Undo: ${row.said}`, onclick: () => correct({ kind: "undo", id: row.id }) }, "Undo"))))
    );
  }

  const DRAW = { list: drawList, matrix: drawMatrix, network: drawNetwork, lost: drawLost, corrections: drawLog };

  function drawLeft() {
    const within = left.contains(document.activeElement);
    left.replaceChildren();
    DRAW[model.get("view")]();
    if (within) (left.querySelector('[tabindex="0"]') || left).focus();
  }

  function markChosen() {
    // The list is not drawn anew for a click, so that the focus and the scroll position stay.
    const edge = model.get("_edges").find(isChosen);
    left.querySelectorAll("tr.nlx-chosen").forEach((n) => n.classList.remove("nlx-chosen"));
    left.querySelectorAll("[data-edge]").forEach((n) => {
      const chosen = !!edge && n.dataset.edge === keyOf(edge);
      n.setAttribute("aria-pressed", String(chosen));
      n.classList.toggle("nlx-chosen", chosen);
      if (chosen && model.get("view") === "list") n.closest("tr").classList.add("nlx-chosen");
    });
  }

  // ---- the right side

  /** A small form with one name, for "another target", "same person as" and the like. */
  function askName(button, label, send) {
    const there = button.parentNode.querySelector(".nlx-ask");
    if (there) return there.remove();
    const key = `${id}-ask-${++request}`;
    const input = h("input", { id: key, list: `${id}-names`, size: 24 });
    const form = h(
      "form",
      {
        class: "nlx-ask",
        onsubmit: (e) => {
          e.preventDefault();
          if (!input.value.trim()) return say("Give a name.", true);
          send(input.value.trim());
        },
        onkeydown: (e) => {
          if (e.key === "Escape") { e.stopPropagation(); form.remove(); button.focus(); }
        },
      },
      h("label", { for: key }, label), input, h("button", { type: "submit" }, "Save")
    );
    button.after(form);
    input.focus();
  }

  function drawEvidence(item, source, target) {
    const what = `${VERB[item.polarity]}`;
    const judge = (action, value) => correct({ kind: "judge", stance: item.stance, action, value });
    const notes = [item.via, item.said ? `source: “${short(item.said, 60)}”` : null, item.claimed ? `claimed by ${item.claimed}` : null,
      item.corrected ? "corrected by a person" : `share of the probability ${item.probability.toFixed(2)}`].filter(Boolean).join("; ");
    const other = (side) => (e) => askName(e.target, `The ${side} is`, (name) => judge(side, name));
    return h(
      "li", { class: `nlx-evidence nlx-${item.polarity}-edge`, "data-stance": item.stance, tabindex: "-1" },
      h("blockquote", {}, item.text),
      h("small", {}, `${what}, ${notes}`),
      h("div", { class: "nlx-tools", role: "group", "aria-label": "Judge this evidence" },
        h("button", { type: "button", onclick: () => judge("confirm"), title: `${source} ${what} ${target}` }, "Right"),
        h("button", { type: "button", onclick: () => judge("reject") }, item.polarity === "negative" ? "Not a criticism" : "Not support"),
        h("button", { type: "button", onclick: other("target") }, "Wrong target…"),
        h("button", { type: "button", onclick: other("source") }, "Wrong source…"),
        h("button", { type: "button", onclick: () => judge("polarity") }, item.polarity === "negative" ? "It is support" : "It is criticism"))
    );
  }

  function drawText(text) {
    const body = h("div", { class: "nlx-text", tabindex: "0", role: "document", "aria-label": "Text of the article" });
    if (text.cut[0]) body.append(h("em", {}, "[the text before this is not shown] "));
    for (const [start, piece, kinds, title] of text.pieces) {
      if (!kinds.length) { body.append(h("span", { "data-start": start }, piece)); continue; }
      const evidence = kinds.some((k) => k.startsWith("evidence"));
      const classes = kinds.flatMap((k) => k.split(" ")).map((k) => `nlx-m-${k}`).join(" ");
      body.append(h(evidence ? "mark" : "span", { class: classes, "data-start": start, title: title ? short(title, 80) : null }, piece));
    }
    if (text.cut[1]) body.append(h("em", {}, " [the text after this is not shown]"));
    return body;
  }

  /** The selected stretch of a text as [start, end) in characters of the article. */
  function selectedIn(body) {
    const selection = document.getSelection();
    if (!selection || !selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const offset = (node, k) => {
      const holder = node.nodeType === 3 ? node.parentNode : node.childNodes[k] || node;
      if (!body.contains(holder) || holder.dataset.start === undefined) return null;
      return Number(holder.dataset.start) + (node.nodeType === 3 ? [...node.data.slice(0, k)].length : 0);
    };
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    return start !== null && end !== null && end > start ? [start, end] : null;
  }

  function addForm(text, body) {
    const [source, target] = model.get("_chosen").names;
    const key = `${id}-add-${++request}`;
    const box = (label, control) => { control.id = `${key}-${label}`; return h("span", { class: "nlx-field" }, h("label", { for: control.id }, label), control); };
    const from = h("input", { list: `${id}-names`, value: source, size: 20 });
    const to = h("input", { list: `${id}-names`, value: target, size: 20 });
    const kind = h("select", {}, h("option", { value: "negative" }, "criticizes"), h("option", { value: "positive" }, "backs"));
    const sentence = h("select", { class: "nlx-sentence" },
      h("option", { value: "" }, "the words selected in the text"),
      text.sentences.map(([s, e, words]) => h("option", { value: `${s} ${e}` }, words)));
    let held = null; // the selection is lost when the form is used
    body.addEventListener("mouseup", () => { held = selectedIn(body); });
    body.addEventListener("keyup", () => { held = selectedIn(body) || held; });
    const form = h("form", {
        class: "nlx-add",
        onsubmit: (e) => {
          e.preventDefault();
          const place = sentence.value ? sentence.value.split(" ").map(Number) : selectedIn(body) || held;
          if (!place) return say("Select the evidence in the text, or choose a sentence.", true);
          correct({ kind: "add", article: text.article, start: place[0], end: place[1], source: from.value, target: to.value, polarity: kind.value });
        },
      },
      box("Source", from), box("Stance", kind), box("Target", to), box("Evidence", sentence), h("button", { type: "submit" }, "Add edge"));
    return h("details", { class: "nlx-add-box" }, h("summary", {}, "Add an edge to this article"), form);
  }

  /** Fill a node with a text, scrolled to its first evidence or as far as is said. */
  function showText(node, text, top, ...before) {
    const body = drawText(text);
    node.replaceChildren(...before, body, addForm(text, body));
    const first = body.querySelector(".nlx-m-evidence");
    body.scrollTop = top ?? (first ? first.offsetTop - 40 : 0);
  }

  function openArticle(holder, article, top) {
    if (!holder.hasChildNodes()) holder.append(h("p", {}, "Fetching the text…"));
    ask({ kind: "text", article: article.article }).then((text) => {
      if (text.kind === "error") holder.replaceChildren(h("p", { class: "nlx-wrong" }, text.message));
      else showText(holder, text, top);
    });
  }

  function drawRight() {
    const within = right.contains(document.activeElement);
    const { edge, names, articles, expected } = model.get("_chosen");
    // After a correction the reader stays where he was: in the articles that are open, at the same piece of evidence
    const stays = keyOf(edge) === right.dataset.edge;
    const before = new Map();
    for (const node of stays ? right.querySelectorAll(".nlx-article") : []) {
      const text = node.querySelector(".nlx-text");
      before.set(node.dataset.article, { open: node.open, holder: node.querySelector(".nlx-holder"), top: text && text.scrollTop });
    }
    const at = stays ? evidenceAt() : null;
    const top = stays ? right.scrollTop : 0;
    right.dataset.edge = keyOf(edge);
    right.replaceChildren();
    if (!edge.length) {
      right.append(h("p", { class: "nlx-hint" }, "Choose an edge to read the sentences behind it. Arrow keys move among the edges, Enter chooses."));
      return;
    }
    const [source, target] = names;
    const same = (key, name) => h("span", {}, h("button", { type: "button", onclick: (e) => askName(e.target, `${short(name, 30)} is the same as`, (value) => correct({ kind: "same", actor: key, value })) }, `${short(name, 30)}: same as…`));
    const [s, t] = edge;
    const sums = Object.entries(expected).map(([k, [n, low, high]]) =>
      h("p", {}, h("span", { class: `nlx-${k}` }, k === "negative" ? "Criticism" : "Support"), ` expected in ${figure(n)} articles (95 % interval ${figure(low)} to ${figure(high)}).`));
    right.append(
      h("h3", { class: "nlx-heading", tabindex: "-1" }, h("bdi", { class: "nlx-m-source" }, short(source, 80)), " → ", h("bdi", { class: "nlx-m-target" }, short(target, 80))),
      ...sums,
      h("div", { class: "nlx-tools" }, same(s, source), same(t, target)),
      h("p", {}, articles.length ? `${many(articles.length, "article")}, newest first.` : "No evidence fits the filters, or it was corrected away.")
    );
    articles.forEach((article) => {
      const was = before.get(article.article);
      const holder = was && was.open ? was.holder : h("div", { class: "nlx-holder" });
      const about = [article.outlet, article.day, article.shown].filter(Boolean).map((x) => short(x, 80)).join(" · ");
      const sure = Object.entries(article.probability).map(([k, p]) => `${k === "negative" ? "criticism" : "support"} ${p.toFixed(2)}`).join(", ");
      const details = h("details", { class: "nlx-article", "data-article": article.article, open: was && was.open, ontoggle: (e) => { if (e.target.open && !holder.hasChildNodes()) openArticle(holder, article); } },
        h("summary", {}, h("strong", {}, short(article.title || article.shown, 160)), h("small", {}, ` ${about} · probability of ${sure}`)),
        holder,
        h("h4", {}, "Evidence"),
        h("ul", {}, article.evidence.map((item) => drawEvidence(item, source, target))),
        article.weak ? h("p", {}, h("small", {}, `${article.weak} more of little weight; see explorer.selection`)) : null);
      if (details.open) openArticle(holder, article, was.top); // what is marked in it may have changed
      right.append(details);
    });
    const first = right.querySelector(".nlx-article");
    if (first && !right.querySelector(".nlx-article[open]")) first.open = true;
    right.scrollTop = top;
    if (within) focusAfter(at);
  }

  /** The piece of evidence with the focus: its stance, and which of the opened ones it is. */
  function evidenceAt() {
    const here = document.activeElement && document.activeElement.closest(".nlx-evidence");
    if (!here || !right.contains(here)) return null;
    return { stance: here.dataset.stance, nth: openEvidence().indexOf(here) };
  }

  const openEvidence = () => [...right.querySelectorAll(".nlx-article[open] .nlx-evidence")];

  function focusAfter(at) {
    const there = openEvidence();
    const next = at && (there.find((n) => n.dataset.stance === at.stance) || there[at.nth] || there[at.nth - 1]);
    (next || right.querySelector(".nlx-heading") || right).focus({ preventScroll: true });
  }

  function drawAlone(text) {
    if (text.kind === "error") return say(text.message, true);
    right.dataset.edge = "";
    showText(right, text, null, h("h3", { class: "nlx-heading", tabindex: "-1" }, `Article ${short(text.article, 80)}`));
    right.querySelector(".nlx-heading").focus();
  }

  function drawNames() {
    names.replaceChildren(...model.get("_names").map((value) => h("option", { value })));
  }

  const events = {
    "change:_edges change:_actors": () => { drawLeft(); drawTabs(); },
    "change:_summary change:_log change:_lost": () => { drawTabs(); if (["lost", "corrections"].includes(model.get("view"))) drawLeft(); else if (!model.get("_edges").length) drawLeft(); },
    "change:view": () => { shown = PAGE; drawTabs(); drawLeft(); },
    "change:_options change:filters": () => { if (!bar.contains(document.activeElement)) drawBar(); },
    "change:_chosen": drawRight,
    "change:_selected": markChosen,
    "change:_names": drawNames,
  };
  for (const [names_, handler] of Object.entries(events)) model.on(names_, handler);

  // The notebook has keys of its own (Enter, arrows, letters): those pressed in here are not for it, which the attribute
  // data-lm-suppress-shortcuts tells JupyterLab. Escape leads back to the notebook.
  root.addEventListener("keydown", (e) => {
    e.stopPropagation();
    const notebook = e.key === "Escape" && root.closest(".jp-Notebook");
    if (notebook) notebook.focus();
  });
  const width = new ResizeObserver(([seen]) => root.classList.toggle("nlx-narrow", seen.contentRect.width < 560));
  width.observe(root);
  drawBar(); drawTabs(); drawNames(); drawLeft(); drawRight();
  return () => {
    width.disconnect();
    model.off("msg:custom", onMessage);
    for (const [names_, handler] of Object.entries(events)) model.off(names_, handler);
  };
}

export default { render };
