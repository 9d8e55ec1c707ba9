// Hand-coding in the notebook. Python holds the work (session.py); this page shows it and says what was asked for.
// Everything that comes from articles is put in as text, never as HTML. Offsets count characters as Python does, which
// are not the UTF-16 units of a JavaScript string.

const VERDICTS = [
  ["negative", "criticizes"], ["positive", "backs"], ["neither", "neither"],
  ["wrong source", "wrong source"], ["wrong target", "wrong target"], ["unsure", "unsure"],
];
let made = 0; // for ids that are unique on the page

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function key(name) { return element("kbd", { text: name, "aria-hidden": "true" }); }

// The text in pieces, some of them marked; marks of the coder lie above those of the machine.
function marked(text, marks, own) {
  const points = Array.from(text);
  const kind = new Uint8Array(points.length);
  for (const [a, b] of marks) kind.fill(1, a, b);
  for (const [a, b] of own) kind.fill(2, a, b);
  const pieces = document.createDocumentFragment();
  for (let at = 0; at < points.length;) {
    let end = at + 1;
    while (end < points.length && kind[end] === kind[at]) end += 1;
    const words = points.slice(at, end).join("");
    if (kind[at]) pieces.append(element("mark", { class: kind[at] === 2 ? "own" : "found", text: words }));
    else pieces.append(words);
    at = end;
  }
  return pieces;
}

// Where the selection stands in the text, in characters; null when it is elsewhere or empty.
function selected(pane) {
  const root = pane.getRootNode();
  const selection = root.getSelection ? root.getSelection() : document.getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!pane.contains(range.startContainer) || !pane.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(pane);
  before.setEnd(range.startContainer, range.startOffset);
  let start = Array.from(before.toString()).length;
  const words = range.toString();
  const left = words.length - words.trimStart().length;
  start += Array.from(words.slice(0, left)).length;
  const length = Array.from(words.trim()).length;
  return length ? [start, start + length] : null;
}

function render({ model, el }) {
  const uid = `newslab-coding-${(made += 1)}`;
  const send = (message) => model.send(message);
  let spans = []; // evidence of the edge that is being coded
  let polarity = "negative";
  let shown = null;

  const status = element("span", { role: "status", "aria-live": "polite" });
  const coder = element("input", { type: "text", size: "12", id: `${uid}-coder`, autocomplete: "off" });
  coder.addEventListener("change", () => { model.set("coder", coder.value.trim()); model.save_changes(); });
  const previous = element("button", { type: "button", "aria-keyshortcuts": "ArrowLeft", onclick: () => send({ do: "previous" }) }, key("←"), "previous");
  const next = element("button", { type: "button", "aria-keyshortcuts": "ArrowRight", onclick: () => send({ do: "next" }) }, key("→"), "next");
  const undo = element("button", { type: "button", "aria-keyshortcuts": "u", onclick: () => send({ do: "undo" }) }, key("u"), "undo");
  const bar = element("div", { class: "bar" },
    element("label", {}, "Coder", coder), previous, next, undo, element("span", { class: "space" }), status);
  const title = element("h3", { id: `${uid}-title` });
  const about = element("p", { class: "about" });
  const pane = element("div", { class: "text", tabindex: "0", role: "region", "aria-labelledby": `${uid}-title`, spellcheck: "false" });
  const question = element("p", { class: "question" });
  const error = element("div", { class: "error", role: "alert" });
  const work = element("div");
  const root = element("div", {
    class: "newslab-coding", role: "group", "aria-label": "Hand-coding of news articles", "data-lm-suppress-shortcuts": "true",
  }, bar, title, about, pane, question, error, work);
  el.append(root);

  // -- one edge at a time
  const verdicts = VERDICTS.map(([value, words], k) => element("button", {
    type: "button", "aria-pressed": "false", "aria-keyshortcuts": String(k + 1), "data-value": value,
    onclick: () => send({ do: "answer", value, note: note.value }),
  }, key(String(k + 1)), words));
  const note = element("input", { type: "text", size: "40", id: `${uid}-note`, autocomplete: "off" });

  // -- a whole article
  const names = element("datalist", { id: `${uid}-names` });
  const field = (name) => element("input", { type: "text", size: "22", id: `${uid}-${name}`, list: `${uid}-names`, autocomplete: "off" });
  const source = field("source"), target = field("target");
  const ways = [["negative", "criticizes"], ["positive", "backs"]].map(([value, words], k) => element("button", {
    type: "button", "aria-pressed": String(value === polarity), "aria-keyshortcuts": String(k + 1), "data-value": value,
    onclick: () => choose(value),
  }, key(String(k + 1)), words));
  const clarity = element("select", { id: `${uid}-clarity` },
    element("option", { value: "clear", text: "clear" }), element("option", { value: "arguable", text: "arguable" }));
  const kind = element("select", { id: `${uid}-kind` }, element("option", { value: "", text: "(not said)" }),
    ...["quote", "reported", "action"].map((k) => element("option", { value: k, text: k })));
  const take = element("button", { type: "button", "aria-keyshortcuts": "e", onmousedown: (e) => e.preventDefault(), onclick: () => takeEvidence() }, key("e"), "selected text is evidence");
  const taken = element("ul", { "aria-label": "Evidence of the edge being coded" });
  const add = element("button", { type: "button", "aria-keyshortcuts": "a", onclick: () => addEdge() }, key("a"), "add the edge");
  const coded = element("ul", { "aria-label": "Edges coded in this article" });
  const finish = element("button", { type: "button", "aria-keyshortcuts": "f", onclick: () => { spans = []; send({ do: "finish" }); } });

  function choose(value) {
    polarity = value;
    for (const button of ways) button.setAttribute("aria-pressed", String(button.dataset.value === value));
  }
  function takeEvidence() {
    const span = selected(pane);
    if (span === null) { error.textContent = "Select words in the text first, with the mouse or with Shift and the arrows."; return; }
    error.textContent = "";
    if (!spans.some(([a, b]) => a === span[0] && b === span[1])) spans.push(span);
    drawText();
    drawEvidence();
  }
  function drawEvidence() {
    const points = Array.from(model.get("article").text);
    taken.replaceChildren(...spans.map(([a, b], k) => element("li", {}, `“${points.slice(a, b).join("")}” `,
      element("button", { type: "button", "aria-label": `Remove evidence ${k + 1}`, text: "remove", onclick: () => { spans.splice(k, 1); drawText(); drawEvidence(); } }))));
  }
  function addEdge() {
    send({ do: "add", source: source.value, target: target.value, polarity, clarity: clarity.value, kind: kind.value, spans });
  }

  function drawText() {
    const article = model.get("article"), state = model.get("state");
    const own = [...spans, ...(state.edges || []).flatMap((e) => e.spans)];
    const at = pane.scrollTop;
    pane.replaceChildren(marked(article.text, article.marks, own));
    pane.scrollTop = at;
  }

  function draw() {
    const state = model.get("state"), article = model.get("article");
    const fresh = shown !== state.item;
    const before = shown === state.item && state.unit === "articles" ? JSON.stringify(drawn) : null;
    drawn = (state.edges || []).map((e) => [e.source, e.target, e.polarity]);
    if (before !== null && before !== JSON.stringify(drawn) && !state.error) { // the edge was taken: make room for the next
      spans = []; source.value = ""; target.value = ""; clarity.value = "clear"; kind.value = ""; choose("negative");
    }
    if (fresh) { spans = []; source.value = ""; target.value = ""; shown = state.item; pane.scrollTop = 0; }
    status.textContent = `${state.unit === "edges" ? "Edge" : "Article"} ${state.index + 1} of ${state.n}; ${state.n_done} coded${state.done ? "; this one is coded" : ""}`;
    title.textContent = article.title || "(no title)";
    about.textContent = [article.outlet, article.published].filter(Boolean).join(" · ");
    error.textContent = state.error;
    previous.disabled = state.index === 0;
    next.disabled = state.index === state.n - 1;
    undo.disabled = !state.can_undo;
    drawText();
    if (state.unit === "edges") drawEdge(state, fresh);
    else drawArticle(state, article);
  }
  let drawn = [];

  function drawEdge(state, fresh) {
    question.replaceChildren("In the marked words, what does ", element("strong", { text: state.source }), " do to ",
      element("strong", { text: state.target }), "?");
    if (!state.blind) {
      const verb = state.polarity === "negative" ? "criticizes" : "backs";
      question.append(` newslab: ${verb}, probability ${state.probability.toFixed(2)}.`);
    }
    for (const button of verdicts) button.setAttribute("aria-pressed", String(button.dataset.value === state.value));
    if (!work.firstChild) {
      work.append(element("div", { class: "bar", role: "group", "aria-label": "Verdict" }, ...verdicts),
        element("p", { class: "bar" }, element("label", {}, "Note", note)),
        element("p", { class: "help", text: "Keys: 1 to 6 judge and go on, arrows move, u takes back." }));
    }
    if (fresh) {
      note.value = state.note || "";
      const first = pane.querySelector("mark");
      if (first) pane.scrollTop = Math.max(0, first.offsetTop - pane.offsetTop - pane.clientHeight / 3);
    }
  }

  function drawArticle(state, article) {
    // A caret makes the text selectable from the keyboard; nothing that is typed changes it.
    pane.setAttribute("contenteditable", "true");
    pane.setAttribute("role", "textbox");
    pane.setAttribute("aria-multiline", "true");
    pane.setAttribute("aria-readonly", "true");
    question.textContent = "Who criticizes or backs whom in this article?";
    const known = new Set([...article.names, ...state.edges.flatMap((e) => [e.source, e.target])]);
    names.replaceChildren(...[...known].map((n) => element("option", { value: n })));
    coded.replaceChildren(...state.edges.map((e) => element("li", {},
      `${e.source} ${e.polarity === "negative" ? "criticizes" : "backs"} ${e.target} (${e.clarity})${e.evidence.map((w) => ` “${w}”`).join("")} `,
      element("button", { type: "button", text: "remove", "aria-label": `Remove: ${e.source}, ${e.target}`,
        onclick: () => send({ do: "remove", source: e.source, target: e.target, polarity: e.polarity }) }))));
    finish.replaceChildren(key("f"), state.edges.length ? `finished: ${state.edges.length} ${state.edges.length === 1 ? "edge" : "edges"}` : "finished: no edge here");
    drawEvidence();
    if (!work.firstChild) {
      const form = element("fieldset", {}, element("legend", { text: "An edge" }),
        element("div", { class: "bar" }, element("label", {}, "Source", source), ...ways,
          element("label", {}, "Target", target),
          element("label", {}, "Clarity", clarity),
          element("label", {}, "Kind", kind)),
        element("div", { class: "bar", style: "margin-top: 6px" }, take, add), taken, names);
      work.append(form, coded, element("div", { class: "bar" }, finish),
        element("p", { class: "help", text: "Keys (outside the fields): 1 criticizes, 2 backs, e takes the selected words as evidence, a adds the edge, f finishes, arrows move, u takes back. In the text, Shift and the arrows select." }));
    }
  }

  for (const kind of ["beforeinput", "paste", "cut", "drop"]) pane.addEventListener(kind, (e) => e.preventDefault());

  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // else the notebook takes "1" for a heading and "d d" for deleting the cell
    const state = model.get("state");
    const typing = event.target.matches("input, select");
    if (typing && event.key === "Enter" && (event.target === source || event.target === target)) { addEdge(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const reading = event.target === pane && state.unit === "articles"; // here the arrows move the caret
    const act = (step) => { event.preventDefault(); step(); };
    if (event.key === "ArrowRight" && !reading) act(() => send({ do: "next" }));
    else if (event.key === "ArrowLeft" && !reading) act(() => send({ do: "previous" }));
    else if (event.key === "u") act(() => send({ do: "undo" }));
    else if (state.unit === "edges" && /^[1-6]$/.test(event.key)) act(() => verdicts[Number(event.key) - 1].click());
    else if (state.unit === "articles" && /^[12]$/.test(event.key)) act(() => ways[Number(event.key) - 1].click());
    else if (state.unit === "articles" && event.key === "e") act(takeEvidence);
    else if (state.unit === "articles" && event.key === "a") act(addEdge);
    else if (state.unit === "articles" && event.key === "f") act(() => finish.click());
  });

  const named = () => { if (coder.value !== model.get("coder")) coder.value = model.get("coder"); };
  model.on("change:coder", named);
  model.on("change:state", draw);
  named();
  draw();
  return () => { model.off("change:coder", named); model.off("change:state", draw); };
}

export default { render };
