// The operator's page: asks for the figures every two seconds while it is looked at, and shows them.
//
//   key (a form, then sessionStorage: this tab, until it is closed) ──▶ /operator/figures ──▶ parts, tiles, tables
//
// What comes is written as text, never as markup.

const ROOT = new URL(".", import.meta.url).pathname.slice(0, -1);    // the path that the service is mounted at
const PLACE = "placeholder-operator-key", EVERY = 2000;
const GOOD = ["ok", "off"];
const WORDS = { down: "does not work", late: "does not answer", other: "of another release" };
const PHASES = ["queued", "submitting", "running", "fetching"];
const byId = (id) => document.getElementById(id);
const board = byId("board"), form = byId("enter"), said = byId("said");
let key = sessionStorage.getItem(PLACE) ?? "", timer = 0, isPaused = false, isAsking = false, before = {};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  key = byId("key").value.trim();
  byId("key-problem").textContent = "";
  if (key) ask();
  else byId("key-problem").textContent = "Enter a key.";
});
byId("forget").addEventListener("click", () => forget(""));
byId("pause").addEventListener("click", ({ target }) => {
  clearTimeout(timer);
  isPaused = !isPaused;
  target.setAttribute("aria-pressed", isPaused);
  target.textContent = isPaused ? "Go on" : "Pause";
  if (isPaused) say("Paused.");
  else ask();
});
document.addEventListener("visibilitychange", () => document.hidden || isPaused || board.hidden || ask());
if (key) ask();
else form.hidden = false;

async function ask() {
  clearTimeout(timer);
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(`${ROOT}/operator/figures`, { headers: { Authorization: `Bearer ${key}` }, cache: "no-store" });
    const told = await answer.json();
    if (answer.ok) show(told);
    else if (answer.status < 500) return forget(refusal(answer.status, told));
    else fail(told.error);
  } catch (error) {
    // A header carries Latin-1 alone, so fetch itself refuses any other key.
    if (error.name === "TypeError" && /[^\0-ÿ]/.test(key)) return forget(refusal(401));
    fail("The service does not answer");
  } finally {
    isAsking = false;
  }
  clearTimeout(timer);
  if (!isPaused && !document.hidden && key) timer = setTimeout(ask, EVERY);
}

function refusal(status, told) {
  if (status === 401) return "The service does not know this key.";
  if (status === 403 && told.code === "insufficient_scope") return "This key may ask for pictures, but not see figures. The line above makes one that may.";
  return `${told.error}.`;
}

function forget(why) {
  clearTimeout(timer);
  key = "";
  sessionStorage.removeItem(PLACE);
  board.hidden = true;
  form.hidden = false;
  byId("key").value = "";
  byId("key-problem").textContent = why;
  byId("key").focus();
}

function say(sentence, isWrong = false) {
  if (said.textContent !== sentence) said.textContent = sentence;    // it is read out
  said.classList.toggle("problem", isWrong);
}

function fail(why) {
  if (board.hidden) {
    form.hidden = false;
    byId("key-problem").textContent = `${why}. Trying again.`;
    return;
  }
  board.dataset.stale = "";
  say(`${why}. Trying again.`, true);
}

function show({ process, ready, figures, jobs }) {
  sessionStorage.setItem(PLACE, key);
  form.hidden = true;
  board.hidden = false;
  delete board.dataset.stale;
  byId("as-of").textContent = `As of ${new Date().toLocaleTimeString()}.`;
  if (!isPaused) say("Live.");
  showParts(ready);
  showTiles(figures, process, jobs);
  byId("whose").textContent = `Requests, raster pictures and the provider's calls are those of process ${process}, which answered; of several workers each counts its own. Jobs and spend are everybody's.`;
  byId("no-jobs").hidden = Boolean(jobs);
  for (const place of document.querySelectorAll("[data-table]")) {
    const table = TABLES[place.dataset.table](figures, jobs);
    place.hidden = !table;
    if (table) fill(place, table);
  }
}

function showParts(ready) {
  byId("parts").replaceChildren(...Object.entries(ready).map(([part, word]) => {
    const item = make("li", `${part} `, make("strong", WORDS[word] ?? word));
    item.toggleAttribute("data-bad", !GOOD.includes(word));
    return item;
  }));
}

// Figures

const valueOf = (figures, name, of = {}) => (figures[name] ?? [])
  .filter((one) => Object.entries(of).every(([label, value]) => one.of[label] === value))
  .reduce((sum, one) => sum + one.value, 0);
const whole = (number) => Math.round(number).toLocaleString("en");
const money = (dollars) => `$${dollars.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: dollars && dollars < 1 ? 4 : 2 })}`;
const lasting = (seconds) => {
  if (seconds < .01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
};

function rate(process, requests) {
  const now = performance.now(), last = before[process];
  before[process] = { now, requests };
  return last && now > last.now ? (requests - last.requests) / (now - last.now) * 1000 : undefined;
}

function showTiles(figures, process, jobs) {
  const requests = valueOf(figures, "placeholder_requests"), perSecond = rate(process, requests);
  const breaker = (figures.placeholder_provider_breaker ?? []).find((one) => one.value)?.of.state;
  const oldest = Math.max(0, ...(figures.placeholder_jobs_oldest_seconds ?? []).map((one) => one.value));
  const ended = (window, state) => valueOf(figures, "placeholder_jobs_ended", { window, state });
  const spent = (window) => money(valueOf(figures, "placeholder_spend_dollars", { window }));
  const mean = figures.placeholder_jobs_mean_seconds?.find((one) => one.of.window === "day")?.value;
  const waiting = valueOf(figures, "placeholder_render_waiting");
  const tiles = [
    ["Requests a second", perSecond === undefined ? "…" : perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond), `${whole(requests)} since it began`],
    ["Raster pictures", whole(valueOf(figures, "placeholder_render_in_flight")), `${whole(waiting)} waiting, ${whole(valueOf(figures, "placeholder_render_requests", { outcome: "refused" }))} refused`],
  ];
  if (breaker) tiles.push(["Provider", { closed: "works", open: "rests", trying: "is tried" }[breaker], `breaker ${breaker}`, breaker !== "closed"]);
  if (jobs) tiles.push(
    ["Open jobs", whole(valueOf(figures, "placeholder_jobs_open")), oldest ? `the oldest for ${lasting(oldest)}` : "nobody waits"],
    ["Ready, last day", whole(ended("day", "ready")), mean === undefined ? `${whole(ended("hour", "ready"))} in the last hour` : `in ${lasting(mean)} on average`],
    ["Failed, last day", whole(ended("day", "failed")), `${whole(ended("hour", "failed"))} in the last hour`, ended("hour", "failed") > 0],
    ["Spend, this month", spent("month"), `${spent("day")} in the last day`],
  );
  byId("tiles").replaceChildren(...tiles.map(([name, value, more, isBad]) => {
    const tile = make("div", make("dt", name), make("dd", value, make("small", more)));
    tile.toggleAttribute("data-bad", Boolean(isBad));
    return tile;
  }));
}

// Tables: a caption, heads, and rows of which the first cell is a head. Numbers are those that are no text.

const TABLES = {
  open: (figures, jobs) => jobs && {
    caption: "Open, by phase",
    heads: ["phase", "jobs", "oldest"],
    rows: PHASES.map((phase) => {
      const age = valueOf(figures, "placeholder_jobs_oldest_seconds", { phase });
      return [phase, valueOf(figures, "placeholder_jobs_open", { phase }), { number: age ? lasting(age) : "–" }];
    }),
  },
  ended: (figures, jobs) => {
    if (!jobs) return null;
    const ways = [...new Set((figures.placeholder_jobs_ended ?? []).map(({ of }) => `${of.state}\n${of.code}`))].sort().reverse();
    const count = (of) => ["hour", "day", "month"].map((window) => valueOf(figures, "placeholder_jobs_ended", { ...of, window }));
    return {
      caption: "Ended, within the last hour, the last day, this month (UTC)",
      heads: ["state", "hour", "day", "month"],
      rows: [
        ...ways.map((way) => way.split("\n")).map(([state, code]) => [code ? { text: `${state}: ${code}`, isBad: true } : state, ...count({ state, code })]),
        ...["ready", "failed"].map((state) => [`spend, ${state}`, ...["hour", "day", "month"].map((window) => ({ number: money(valueOf(figures, "placeholder_spend_dollars", { window, state })) }))]),
      ],
    };
  },
  failed: (_, jobs) => jobs?.failed.length ? {
    caption: "Failed last, within a day",
    heads: ["job", "why", "model", "size", "ended", "attempts", "after"],
    rows: jobs.failed.map((job) => [link(job), { text: job.code, isBad: true }, job.model, `${job.w}×${job.h}`, clock(job.ended_at), job.attempt, { number: lasting(job.ended_at - job.asked_at) }]),
  } : null,
  latest: (_, jobs) => jobs && {
    caption: "Changed last",
    heads: ["job", "state", "model", "size", "asked for", "took", "cost"],
    rows: jobs.latest.map((job) => [link(job), { text: job.state, isBad: job.state === "failed" }, job.model, `${job.w}×${job.h}`, clock(job.asked_at), { number: job.ended_at ? lasting(job.ended_at - job.asked_at) : "–" }, { number: money(job.cost / 1e6) }]),
  },
  requests: (figures) => {
    const routes = [...new Set(figures.placeholder_requests.map(({ of }) => of.route))].sort();
    const classes = ["2xx", "3xx", "4xx", "5xx"];
    return {
      caption: "Requests, by route",
      heads: ["route", ...classes, "mean"],
      rows: routes.map((route) => {
        const took = figures.placeholder_request_seconds.find((one) => one.of.route === route)?.value;
        return [route, ...classes.map((status) => {
          const count = valueOf(figures, "placeholder_requests", { route, status });
          return { number: whole(count), isBad: status === "5xx" && count > 0 };
        }), { number: took?.count ? lasting(took.seconds / took.count) : "–" }];
      }),
    };
  },
  calls: (figures) => figures.placeholder_provider_calls && {
    caption: "Calls of the provider",
    heads: ["call", "outcome", "calls", "mean"],
    rows: figures.placeholder_provider_calls.map(({ of, value }) => {
      const took = figures.placeholder_provider_seconds.find((one) => one.of.call === of.call)?.value;
      return [of.call, { text: of.outcome, isBad: of.outcome !== "ok" }, value, { number: took?.count ? lasting(took.seconds / took.count) : "–" }];
    }),
  },
};

function clock(seconds) {
  const then = new Date(seconds * 1000);
  return then.toDateString() === new Date().toDateString() ? then.toLocaleTimeString() : then.toLocaleString();
}

function link(job) {
  const anchor = make("a", make("code", job.id));
  anchor.href = job.url;
  return { node: anchor };
}

function fill(place, { caption, heads, rows }) {
  const isNumber = heads.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === "number" || row[at]?.number !== undefined));
  const head = make("tr", ...heads.map((name, at) => mark(make("th", name), "col", isNumber[at])));
  const body = rows.map((row) => make("tr", ...row.map((cell, at) => {
    const shown = mark(make(at ? "td" : "th", cell.node ?? cell.number ?? cell.text ?? (typeof cell === "number" ? whole(cell) : cell)), at ? "" : "row", isNumber[at]);
    shown.classList.toggle("bad", Boolean(cell.isBad));
    return shown;
  })));
  if (!rows.length) {
    const none = make("td", "none yet");
    none.colSpan = heads.length;
    none.className = "none";
    body.push(make("tr", none));
  }
  const table = make("table", make("caption", caption), make("thead", head), make("tbody", ...body));
  const scrolled = place.scrollLeft, focused = place.contains(document.activeElement) && document.activeElement.getAttribute("href");
  place.replaceChildren(table);
  place.scrollLeft = scrolled;
  if (focused) [...place.querySelectorAll("a")].find((one) => one.getAttribute("href") === focused)?.focus();
}

function mark(cell, scope, isNumber) {
  if (scope) cell.scope = scope;
  cell.classList.toggle("number", isNumber);
  return cell;
}

function make(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}
