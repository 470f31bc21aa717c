"use strict";

// One script for two documents: the page, and the stranger's page that it keeps in a hidden frame.
if (document.body.dataset.role === "stranger") {
  answerThePage(document.body.dataset.page);
} else {
  start();
}

// ---------------------------------------------------------------------------------------------- the calls

// `path`, `method`, `headers`, `body`, `credentials` are passed to fetch; `expected` is the outcome with the
// configuration that the playground starts with.
function experiments() {
  const json = { "Content-Type": "application/json" };
  return [
    { group: "Simple requests", note: "The browser sends these without asking first. Then it looks at the answer’s headers and decides whether the page may have it." },
    { id: "simple", title: "A simple GET", expected: "allowed", path: "/notes",
      why: "The answer must name this page’s origin, or *." },
    { id: "error", title: "An error response", expected: "allowed", path: "/error",
      why: "A 500 carries the headers, too; without them it would look like a broken network." },
    { id: "private", title: "No resource", expected: "blocked", path: "/private",
      why: "The configuration does not name this path. The API answers, and the browser keeps the answer." },

    { group: "Asked for first: the preflight", note: "Any other method, header or content type is asked for with an OPTIONS request. Only if the answer agrees does the real one follow." },
    { id: "json", title: "A JSON body", expected: "allowed", path: "/notes", method: "POST", headers: json, body: '{"text":"milk"}',
      why: "application/json is not one of the three types that a form can send." },
    { id: "custom-header", title: "A custom header", expected: "allowed", path: "/notes", headers: { "X-Request-Id": "7" },
      why: "allow_headers lists x-request-id." },
    { id: "refused-header", title: "A refused header", expected: "blocked", path: "/notes", headers: { "X-Debug": "1" },
      why: "X-Debug is not in the list, so the GET is never sent." },
    { id: "put", title: "PUT", expected: "allowed", path: "/notes/1", method: "PUT", headers: json, body: '{"text":"bread"}',
      why: "allow_methods lists PUT." },
    { id: "refused-method", title: "A refused method", expected: "blocked", path: "/notes/1", method: "DELETE",
      why: "DELETE is not in the list. The handler exists, but the request never reaches it." },
    { id: "cache", title: "One preflight, two requests", expected: "allowed", path: "/notes/2", method: "PUT", headers: json, body: '{"text":"tea"}', times: 2,
      why: "max_age lets the browser remember the answer: the second PUT to the same address is not asked for again." },

    { group: "Credentials", note: "This page’s cookie belongs to 127.0.0.1, whatever the port. The browser sends it to the API if the call says so, and hands the answer over only if the API says so, too." },
    { id: "credentials", title: "With a cookie", expected: "allowed", path: "/me", credentials: "include",
      why: "allow_credentials is on for /me." },
    { id: "no-credentials", title: "Without the cookie", expected: "allowed", path: "/me",
      why: "A 401 of the application’s own. For CORS that is an answer like any other, and the page may read it." },
    { id: "refused-credentials", title: "A cookie, not allowed", expected: "blocked", path: "/report", credentials: "include",
      why: "The origin is right, but the answer does not say Access-Control-Allow-Credentials." },

    { group: "What the page may read", note: "Of an answer that it may read, a script sees seven headers, and those that the API exposes." },
    { id: "exposed", title: "An exposed header", expected: "allowed", path: "/report",
      why: "The answer has X-Total-Count and ETag; expose_headers names only the first." },

    { group: "From another origin", note: "The same calls made by a page of an origin that the configuration does not name. It lives in a hidden frame." },
    { id: "refused-origin", title: "A refused origin", from: "stranger", expected: "blocked", path: "/report",
      why: "Nothing names the stranger’s origin at /report." },
    { id: "route-read", title: "GET by the stranger", from: "stranger", expected: "allowed", path: "/notes",
      why: "The route GET of /notes has an entry of its own: * may read." },
    { id: "route-write", title: "POST by the stranger", from: "stranger", expected: "blocked", path: "/notes", method: "POST", headers: { "Content-Type": "text/plain" }, body: "I was here",
      why: "A simple POST is sent without asking first, and the API runs it: see the status on the wire. CORS keeps the answer from the page; it does not protect the API." },
    { id: "route-write-json", title: "JSON by the stranger", from: "stranger", expected: "blocked", path: "/notes", method: "POST", headers: json, body: '{"text":"I was here"}',
      why: "This one is asked for first and refused, so the API never runs it." },

    { group: "Your own", note: "Any call that a page can make. With headers or a method that need it, the browser asks first." },
    { id: "own", title: "Your own request", own: true, path: "/notes/1", method: "PATCH", headers: { Authorization: "Bearer abc" },
      why: "A fetch() that the browser itself refuses to start (TRACE, say) never reaches the API." },
  ];
}

async function call(url, init, times) {
  let result;
  for (let i = 0; i < (times ?? 1); i += 1) {
    try {
      const response = await fetch(url, init);
      result = { outcome: "allowed", status: response.status, headers: [...response.headers], body: await response.text() };
    } catch (error) {
      result = { outcome: "blocked", error: String(error) };
    }
  }
  return result;
}

// The stranger makes calls for the page and for no one else.
function answerThePage(page) {
  addEventListener("message", async (event) => {
    if (event.origin !== page || event.source !== parent) return;
    const { id, url, init, times } = event.data;
    parent.postMessage({ id, result: await call(url, init, times) }, page);
  });
}

function strangerCalls(setup, frame) {
  const waiting = new Map();
  addEventListener("message", (event) => {
    if (event.origin !== setup.stranger || event.source !== frame.contentWindow) return;
    waiting.get(event.data.id)?.(event.data.result);
    waiting.delete(event.data.id);
  });
  return (id, url, init, times) => new Promise((resolve) => {
    waiting.set(id, resolve);
    setTimeout(resolve, 10_000, { outcome: "blocked", error: "The stranger’s page does not answer." });
    frame.contentWindow.postMessage({ id, url, init, times }, setup.stranger);
  });
}

// ---------------------------------------------------------------------------------------------- the page

async function start() {
  const setup = await (await fetch("/setup")).json();
  for (const code of document.querySelectorAll("[data-origin]")) code.textContent = setup[code.dataset.origin];
  document.getElementById("adapter").textContent = `cors-${setup.adapter}`;

  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "A stranger’s page";
  frame.src = setup.stranger;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.append(frame);
  const playground = { setup, askStranger: strangerCalls(setup, frame), edited: false };

  const cards = buildCards(playground);
  const runEach = runAll(cards);
  const every = document.getElementById("every");
  every.addEventListener("change", () => document.body.classList.toggle("every", every.checked));
  document.getElementById("run-all").addEventListener("click", runEach);
  await startEditor(playground, runEach);
  await loaded;
  document.getElementById("main").dataset.state = "idle";
  if (!new URLSearchParams(location.search).has("autorun")) return;
  await runEach();
  // One explanation open, so that the page and its picture show what there is to see.
  document.querySelector(".explanation").open = true;
  const planned = cards.filter(({ own }) => !own).map(({ card }) => card);
  const outcomes = planned.map((card) => ({ title: card.querySelector("h3").textContent, ...card.dataset }));
  await fetch("/autorun", { method: "POST", body: JSON.stringify(outcomes) });
}

function buildCards(playground) {
  const root = document.getElementById("experiments");
  const overview = document.getElementById("overview");
  const cards = [];
  let list;
  for (const experiment of experiments()) {
    if (experiment.group) {
      list = element("div", { className: "cards" });
      root.append(element("h2", {}, experiment.group), element("p", { className: "note" }, experiment.note), list);
      continue;
    }
    const card = document.getElementById("card").content.cloneNode(true).firstElementChild;
    card.id = experiment.id;
    card.dataset.expected = experiment.expected ?? "";
    card.querySelector("h3").textContent = experiment.title;
    card.querySelector(".why").textContent = experiment.why;
    if (experiment.own) ownFields(card, experiment, playground.setup);
    describe(card, experiment, playground.setup);
    const tile = element("a", { href: `#${experiment.id}` }, experiment.title);
    overview.append(element("li", {}, tile));
    const run = async () => {
      await runCard(card, experiment, playground);
      Object.assign(tile.dataset, { outcome: card.dataset.outcome, match: card.dataset.match });
      tally(cards);
    };
    card.querySelector(".wire").open = matchMedia("(min-width: 42rem)").matches;
    const button = card.querySelector(".run");
    button.setAttribute("aria-label", `Run: ${experiment.title}`);
    button.addEventListener("click", run);
    list.append(card);
    cards.push({ card, run, own: experiment.own });
  }
  return cards;
}

function describe(card, experiment, setup) {
  card.querySelector(".from").textContent = experiment.from === "stranger" ? "from the stranger" : "";
  card.querySelector(".code code").textContent = codeOf(experiment, setup.api);
}

function ownFields(card, experiment, setup) {
  const form = card.querySelector(".own");
  form.append(document.getElementById("own-fields").content.cloneNode(true));
  form.hidden = false;
  const read = () => {
    const fields = form.elements;
    const body = fields.body.value;
    Object.assign(experiment, {
      from: fields.from.value,
      method: fields.method.value.trim() || "GET",
      path: `/${fields.path.value.trim().replace(/^\/+/, "")}`,
      headers: Object.fromEntries(fields.headers.value.split("\n").filter((line) => line.includes(":")).map(splitHeader)),
      body: body === "" ? undefined : body,
      credentials: fields.credentials.checked ? "include" : undefined,
    });
    describe(card, experiment, setup);
  };
  form.addEventListener("input", read);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    card.querySelector(".run").click();
  });
  read();
}

function splitHeader(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function initOf({ method, headers, body, credentials }) {
  const filled = headers && Object.keys(headers).length > 0 ? headers : undefined;
  return JSON.parse(JSON.stringify({ method, headers: filled, body, credentials }));
}

function codeOf(experiment, api) {
  const init = initOf(experiment);
  const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));
  const object = (value) => `{${Object.entries(value).map(([name, held]) => `${key(name)}: ${JSON.stringify(held)}`).join(", ")}}`;
  const quoted = (text) => (/['\\\n]/.test(text) ? JSON.stringify(text) : `'${text}'`);
  const lines = Object.entries(init).map(([name, value]) =>
    `  ${name}: ${name === "headers" ? object(value) : name === "body" ? quoted(value) : JSON.stringify(value)},\n`);
  return `fetch("${api}${experiment.path}"${lines.length > 0 ? `, {\n${lines.join("")}}` : ""})${experiment.times ? `  // ${experiment.times} times` : ""}`;
}

// ---------------------------------------------------------------------------------------------- running

// Runs one after the other. If it is called again meanwhile, it runs again afterwards, with the then current configuration.
function runAll(cards) {
  const main = document.getElementById("main");
  const once = async () => {
    main.dataset.state = "running";
    for (const { run, own } of cards) {
      if (!own) await run();
    }
    main.dataset.state = "done";
  };
  let last = Promise.resolve();
  return () => (last = last.then(once));
}

async function runCard(card, experiment, { setup, askStranger, edited }) {
  card.dataset.state = "running";
  badge(card.querySelector(".badge"), "running", "…");
  const run = Math.random().toString(36).slice(2) + Date.now().toString(36);
  const url = new URL(experiment.path, setup.api);
  url.searchParams.set("run", run);
  const init = initOf(experiment);
  const result = await (experiment.from === "stranger"
    ? askStranger(run, url.href, init, experiment.times)
    : call(url.href, init, experiment.times));
  const exchanges = await lookUp(run, init.credentials);
  if (exchanges.length === 0) result.outcome = "unreached";

  card.dataset.outcome = result.outcome;
  showOutcome(card, experiment, result, edited);
  card.querySelector(".steps").replaceChildren(...steps(result, exchanges, init.method ?? "GET"));
  card.querySelector(".verdict").textContent = verdict(result, exchanges);
  card.querySelector(".read").replaceChildren(...readable(result, exchanges));
  card.querySelector(".exchanges").replaceChildren(...exchanges.map(showExchange));
  for (const part of card.querySelectorAll(".seen")) part.hidden = false;
  card.dataset.state = "done";
}

async function lookUp(run, credentials) {
  const query = new URLSearchParams({ run, ...(credentials && { credentials }) });
  try {
    return (await (await fetch(`/exchanges?${query}`)).json()).exchanges;
  } catch {
    return [];
  }
}

function showOutcome(card, { expected }, { outcome }, edited) {
  const words = { allowed: "✓ allowed", blocked: "✕ blocked", unreached: "○ not sent" };
  const same = !expected || expected === outcome;
  card.dataset.match = same ? "same" : edited ? "changed" : "unexpected";
  const hint = !expected ? "" : same ? "as expected" : edited ? `was ${expected} at the start` : `expected: ${expected}`;
  badge(card.querySelector(".badge"), outcome, words[outcome], hint);
}

function badge(node, kind, text, hint) {
  node.dataset.kind = kind;
  node.replaceChildren(element("strong", {}, text), ...(hint ? [element("small", {}, hint)] : []));
}

function tally(cards) {
  const done = cards.map(({ card }) => card).filter((card) => card.dataset.state === "done");
  const part = (key, value, words) => {
    const count = done.filter((card) => card.dataset[key] === value).length;
    return count > 0 ? [element("span", { className: value }, `${count} ${words}`), " "] : [];
  };
  document.getElementById("tally").replaceChildren(
    ...part("outcome", "allowed", "allowed"), ...part("outcome", "blocked", "blocked"), ...part("outcome", "unreached", "not sent"),
    ...part("match", "changed", "changed by your configuration"), ...part("match", "unexpected", "not as expected"));
}

// ---------------------------------------------------------------------------------------------- what was seen

// A failing fetch only says TypeError. The model knows the browser's checks and says which one failed.
function verdict(result, exchanges) {
  const last = exchanges.at(-1);
  if (!last) return "No request reached the API: the browser refused to make this call, or the playground has stopped.";
  if (result.outcome === "allowed") {
    const preflights = exchanges.filter(({ kind }) => kind === "preflight").length;
    const requests = exchanges.length - preflights;
    if (requests > 1) return `${preflights} preflight for ${requests} requests: the browser remembered the answer.`;
    if (preflights > 0) return "The browser asked first and the API agreed, so the request was sent and the page has the answer.";
    const origin = new Map(last.response.headers).get("access-control-allow-origin");
    return `Sent without asking. The answer allows ${origin}, so the page has it.`;
  }
  const why = last.blocked ?? "the browser had a reason of its own";
  if (last.kind === "actual") return `The API ran and answered ${last.response.status}, but the browser keeps the answer from the page: ${why}.`;
  return `The preflight was answered with ${last.response.status}, but the browser never sent the request: ${why}.`;
}

function steps(result, exchanges, method) {
  const step = (text, state) => element("li", { className: state }, text);
  const sent = exchanges.map(({ kind, request, response }) => kind === "preflight"
    ? step(`preflight ${response.status}`, response.status > 299 ? "bad" : "good")
    : step(`${request.method} ${response.status}`, "plain"));
  const refused = exchanges.at(-1)?.kind === "preflight";
  const end = result.outcome === "allowed" ? step("page reads it", "good")
    : exchanges.length === 0 || refused ? step(`${method} not sent`, "bad")
    : step("kept from the page", "bad");
  return [...sent, end];
}

function readable(result, exchanges) {
  if (result.outcome !== "allowed") {
    return [...entry("The page got", element("code", { className: "error" }, result.error ?? "nothing"))];
  }
  const names = new Set(result.headers.map(([name]) => name));
  const actual = exchanges.findLast(({ kind }) => kind === "actual");
  const unseen = (actual?.response.headers ?? []).map(([name]) => name).filter((name) => !names.has(name) && !isCors(name) && name !== "vary" && name !== "date");
  return [
    ...entry("Status", element("code", {}, String(result.status))),
    ...(result.body ? entry("Body", element("code", {}, clip(result.body, 120))) : []),
    ...entry("Headers it sees", ...(result.headers.length ? result.headers.map(([name, value]) => chip(`${name}: ${clip(value, 60)}`, "chip")) : ["none"])),
    ...(unseen.length ? entry("Kept from it", ...unseen.map((name) => chip(name, "chip unseen"))) : []),
  ];
}

const QUIET = /^(host|connection|user-agent|accept|accept-encoding|accept-language|referer|sec-.*|cache-control|pragma|priority|dnt|content-length|date|te)$/;

function showExchange({ kind, configuration, request, response, events, explanation }) {
  return element("section", { className: `exchange ${kind}` },
    element("h4", {},
      element("span", { className: "kind" }, kind === "preflight" ? "preflight" : "request"),
      element("code", {}, `${request.method} ${request.path}`),
      element("span", { className: response.status < 400 ? "status" : "status bad" }, String(response.status))),
    element("div", { className: "lines sent" }, ...request.headers.map(header)),
    element("div", { className: "lines answer" }, ...response.headers.map(header)),
    ...events.map((event) => element("div", { className: "event" }, event)),
    element("details", { className: "explanation" },
      element("summary", {}, "The model’s explanation"),
      element("pre", {}, ...explanation.trimEnd().split("\n").map((told) => element("span", {}, `${told}\n`))),
      element("p", { className: "by" }, `by configuration ${configuration}`)));
}

function header([name, value]) {
  return element("div", { className: QUIET.test(name) ? "line quiet" : "line" },
    element("span", { className: isCors(name) ? "name cors" : "name" }, name), ": ",
    element("span", { className: "value" }, value));
}

function isCors(name) {
  return name === "origin" || name.startsWith("access-control-");
}

function entry(name, ...values) {
  return [element("dt", {}, name), element("dd", {}, ...values)];
}

function chip(text, className) {
  return element("code", { className }, text);
}

function clip(text, length) {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

// Inserts everything that comes from a server as text, never as markup.
function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

// ---------------------------------------------------------------------------------------------- the editor

const PRESETS = [
  ["Allow DELETE", "then run “A refused method”", (text) => text.replace('"PUT"]', '"PUT", "DELETE"]')],
  ["Let the stranger in", "by naming its origin in the defaults", (text, setup) => text.replace("   # this page\n", `   # this page\n[defaults.origins."${setup.stranger}"]   # the stranger\n`)],
  ["Expose every header", "expose_headers = \"*\"", (text) => text.replace('expose_headers = ["x-total-count"]   # but not ETag', 'expose_headers = "*"')],
  ["Any origin, with credentials", "refused: any site could act as your user", (text) => text.replace(/\[resources\."\/me"\.origins\..*\]/, '[resources."/me".origins."*"]')],
  ["Several mistakes", "all of them are reported at once", (text, setup) => text.replace(`[defaults.origins."${setup.page}"]`, `[defaults.origins."${setup.page}/"]`)
    .replace('"x-request-id"', '"x request id"').replace('"POST"]', '"POST", "TRACE"]').replace("max_age = 600", "max_age = -1").replace("expose_headers", "exposed_headers")],
];

async function startEditor(playground, runEach) {
  const text = document.getElementById("text");
  const initial = playground.setup.initial;

  const show = (configuration) => {
    playground.edited = configuration.text.trim() !== initial.trim();
    document.getElementById("number").textContent = `no. ${configuration.number}`;
    const advice = configuration.advice.map((sentence) => element("li", {}, sentence));
    return advice.length ? [element("p", {}, "Advice:"), element("ul", { className: "advice" }, ...advice)] : [];
  };

  const apply = async () => {
    const applied = document.getElementById("applied");
    let answer;
    try {
      const response = await fetch("/config", { method: "PUT", headers: { "Content-Type": "application/toml" }, body: text.value });
      answer = response.headers.get("content-type") === "application/json" ? await response.json()
        : { errors: [{ message: `The playground refuses it: ${await response.text()}` }] };
    } catch (error) {
      answer = { errors: [{ message: `The playground does not answer: ${error}` }] };
    }
    applied.dataset.state = answer.errors ? "refused" : "applied";
    text.setAttribute("aria-invalid", String(Boolean(answer.errors)));
    if (answer.errors) {
      const errors = answer.errors.map((error) => element("li", {}, ...place(text, error), element("span", {}, error.message)));
      const count = errors.length === 1 ? "One mistake" : `${errors.length} mistakes`;
      applied.replaceChildren(element("p", { className: "refused" }, `${count}. The API keeps its configuration.`), element("ol", { className: "errors" }, ...errors));
      return;
    }
    applied.replaceChildren(element("p", { className: "applied" }, `Applied as configuration ${answer.number}.`), ...show(answer));
    if (document.getElementById("rerun").checked) await runEach();
  };

  document.getElementById("editor").addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      apply();
    }
  });
  const put = (value) => {
    text.value = value;
    return apply();
  };
  document.getElementById("reset").addEventListener("click", () => put(initial));
  document.getElementById("presets").append(...PRESETS.map(([name, hint, change]) => {
    const button = element("button", { type: "button" }, name, " ", element("small", {}, hint));
    button.addEventListener("click", () => put(change(initial, playground.setup)));
    return element("li", {}, button);
  }));

  const current = await (await fetch("/config")).json();
  text.value = current.text;
  document.getElementById("applied").replaceChildren(...show(current));
}

// Where it is: the key, and a button that shows the line, if the server knows them.
function place(text, { line, place: key }) {
  const parts = key ? [element("code", {}, key), " "] : [];
  if (!line) return parts;
  const button = element("button", { type: "button", className: "place" }, `line ${line}`);
  button.addEventListener("click", () => {
    const lines = text.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((length, held) => length + held.length + 1, 0);
    text.focus();
    text.setSelectionRange(before, before + (lines[line - 1] ?? "").length);
    text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  });
  return [button, " ", ...parts];
}
