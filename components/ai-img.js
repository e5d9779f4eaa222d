// <ai-img>: a placeholder at once and, when it is ready, the picture that its prompt became. Depends on nothing.
//
//   import { registerAiImg } from "/components/ai-img.js";
//   registerAiImg();
//
//   prompt ── POST /ai ──┐
//   src, status ─────────┴─▶ status: pending ─▶ generating ─▶ ready: the picture
//                                                          └▶ failed: a glyph
//
// - Importing defines nothing, on a server as in a page.
// - Attributes are the truth; properties read and write them. What changes in one turn starts one run, and a run that was
//   overtaken does nothing more. Moving the element is no change.
// - Equal asks in a page share one POST, equal status URLs one poller.
// - At most two requests are held: over HTTP/1.1 a page has six connections to a host.
// - Nodes are made and never parsed, styles are sheets: a strict Content-Security-Policy and Trusted Types are no hindrance.

const ATTRIBUTES = {
  prompt: "prompt",
  w: "w",
  h: "h",
  src: "src",
  status: "status",
  endpoint: "endpoint",
  apiKey: "api-key",
  token: "token",
  seed: "seed",
  model: "model",
  alt: "alt",
  loading: "loading",
};
const CREDENTIALS = ["token", "api-key"];
const MISSPELT = "apikey";                            // what React makes of apiKey before the element is defined
const MAY_STAND_IN_A_PAGE = /^(pk|st)_/;
const SIDES = { w: 400, h: 300 };

// Milliseconds.
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5e3;
const HELD = 5e3;                                     // who takes longer over an answer without news holds it
const DEADLINE = 1e6;                                 // a little more than the service gives a job
// Seconds.
const HOLD = 25;
const LONGEST_RETRY_AFTER = 60;

const NEAR = "256px";
const MOST_HELD = 2;
const MOST_FAILURES = 8;
const PASSING = /^(0|408|425|429|5..)$/;              // statuses that another try may not meet
const ENDED = /ready|failed/;

// A failure that no glyph covers shows as a crossed box. The veil moves for those alone who did not ask for less motion.
const STYLE = `
:host{display:inline-block;position:relative;max-width:100%;min-height:0;overflow:clip}
:host([hidden]),[hidden]{display:none!important}
img,::slotted(img){display:block;width:100%;height:100%;object-fit:cover}
img:not([src]){opacity:0}
:host(:not([data-state=ready])){background:var(--ai-img-ground,#e2e8f0)}
:host([data-state=failed]){--c:#0000 calc(50% - 1px),#b91c1c 0 calc(50% + 1px),#0000 0;background:linear-gradient(to top right,var(--c)),linear-gradient(to top left,var(--c)),#fef2f2}
:host::after{position:absolute;inset:0;pointer-events:none;background:linear-gradient(90deg,#0000,var(--ai-img-veil,#fff8),#0000)}
@media(prefers-reduced-motion:no-preference){:host(:is([src],[prompt]):not([data-state=ready],[data-state=failed]))::after{content:"";animation:v 2s infinite}}
@keyframes v{from{translate:-100%}to{translate:100%}}`;

const shared = new Map();
let held = 0;
let hasWarned = false;
let style;

// `status` is 0 where there was no answer, `retryAfter` is in seconds.
class Failure {
  constructor(status, code = "refused", error = `Status ${status}`, retryAfter = 0) {
    Object.assign(this, { status, code, error, retryAfter });
  }
}

// Registers the element; what is registered already stays. Returns the class behind the tag.
export function registerAiImg(tag = "ai-img", registry = globalThis.customElements) {
  if (registry && !registry.get(tag)) registry.define(tag, class extends AiImg {});
  return registry?.get(tag);
}

export class AiImg extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = [...Object.values(ATTRIBUTES), MISSPELT];

  static {
    for (const [property, attribute] of Object.entries(ATTRIBUTES)) {
      Object.defineProperty(this.prototype, property, {
        configurable: true,
        enumerable: true,
        get() {
          const value = this.getAttribute(attribute) ?? "";
          if (SIDES[property]) return parseInt(value) > 0 ? parseInt(value) : SIDES[property];
          return property === "loading" && value !== "lazy" ? "eager" : value;
        },
        set(value) {
          if (value == null) this.removeAttribute(attribute);
          else this.setAttribute(attribute, value);
        },
      });
    }
  }

  #internals = this.attachInternals?.();
  #slot = document.createElement("slot");
  #own = document.createElement("img");
  #box = new CSSStyleSheet();
  #child;
  #still;                                             // what the page's own <img> showed first
  #state;
  #wish;
  #run;
  #isPlanned;

  constructor() {
    super();
    if (!style) (style = new CSSStyleSheet()).replaceSync?.(STYLE);
    const root = this.#internals?.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style, this.#box];
    root.replaceChildren(this.#slot);
    this.#own.setAttribute("part", "img");
    this.#own.onerror = () => this.#own.removeAttribute("src");
    this.#slot.onslotchange = () => this.#plan();
  }

  get state() {
    return this.#state;
  }

  get complete() {
    return ENDED.test(this.#state);
  }

  // Starts over, and has what failed tried again.
  retry() {
    this.#start();
  }

  connectedCallback() {
    for (const property in ATTRIBUTES) {              // set before the element was defined
      if (!Object.hasOwn(this, property)) continue;
      const value = this[property];
      delete this[property];
      this[property] = value;
    }
    if (!this.#state) this.#enter("pending", false);
    this.#plan();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    queueMicrotask(() => {                            // it may have been moved
      if (this.isConnected || this.complete) return;
      this.#run?.abort();
      this.#wish = "";
    });
  }

  attributeChangedCallback(name, _, value) {
    if (name === MISSPELT && value !== null) {
      this.removeAttribute(name);
      this.apiKey = value;
    }
    this.#plan();
  }

  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (!this.isConnected) return;
      this.#dress();
      const wish = JSON.stringify(AiImg.observedAttributes.map((name) => name !== "alt" && this.getAttribute(name)));
      if (wish === this.#wish) return;
      this.#wish = wish;
      this.#start();
    });
  }

  // The box, the <img> in it (the page's own, if there is one), its words.
  #dress() {
    this.#box.replaceSync?.(`:host{width:${this.w}px;aspect-ratio:${this.w}/${this.h}}`);
    const child = this.querySelector("img");
    if (child !== this.#child) {
      this.#still = child?.src;
      if (this.complete) this.#wish = "";             // what was shown has gone with the other
    }
    this.#child = child;
    this.#slot.hidden = !child;
    if (child) this.#own.remove();
    else if (!this.#own.parentNode) this.#slot.after(this.#own);
    this.#own.alt = this.prompt;
    if (this.hasAttribute("alt")) this.#img.alt = this.alt;
  }

  get #img() {
    return this.#child ?? this.#own;
  }

  async #start() {
    this.#run?.abort();
    const { src, prompt, w, h } = this;
    if (!src && !prompt) return;
    const { signal } = (this.#run = new AbortController());
    let glyph = () => "";
    this.#enter("pending");
    try {
      const service = this.#service();
      const locate = (address) => address && withoutLive(address, src && !this.endpoint ? document.baseURI : service);
      glyph = (code) => `${service}glyph/${w}x${h}?as=${code === "blocked" ? code : "failed"}`;
      const still = this.#still || locate(src) || `${service}${w}x${h}`;
      if (this.#img.src !== still) this.#img.src = still;
      if (this.loading === "lazy") await until(signal, (done) => whenNear(this, done, signal));
      const job = src ? { url: src, status_url: this.status } : { state: "pending", ...(await this.#submit(service, signal)) };
      const url = locate(job.url);
      const status_url = locate(job.status_url);
      const end = status_url && job.state !== "ready" ? await this.#watch(status_url, job.state, signal) : {};
      signal.throwIfAborted();
      if (end.state === "failed") {
        glyph = () => url;
        throw new Failure(200, end.code, end.error);
      }
      await show(this.#img, url, "ready", signal);
      this.#end("ready", "load", { id: job.id, url, status_url, state: "ready" });
    } catch (reason) {
      if (signal.aborted) return;
      const failure =
        reason instanceof Failure ? reason : new Failure(0, reason instanceof DOMException ? "image" : "invalid", `${reason}`);
      await show(this.#img, glyph(failure.code), "failed", signal).catch(() => {});
      if (!signal.aborted) this.#end("failed", "error", { ...failure });
    }
  }

  // The service's base, with a slash at its end.
  #service() {
    if (this.endpoint) return new URL(this.endpoint.replace(/\/?$/, "/"), document.baseURI).href;
    return this.src ? new URL("/", new URL(this.src, document.baseURI)).href : `${location.origin}/`;
  }

  #submit(service, signal) {
    const key = CREDENTIALS.map((name) => this.getAttribute(name)).find(Boolean);
    if (key && !MAY_STAND_IN_A_PAGE.test(key) && !hasWarned) {
      hasWarned = true;
      console.warn(
        "<ai-img>: whoever sees this page can read its API key. Use src and status, a token (st_…) or a publishable key (pk_…).",
      );
    }
    const { prompt, w, h, seed, model } = this;
    const dice = Number.isInteger(+seed) ? +seed : seed;
    const body = JSON.stringify({ prompt, w, h, seed: seed ? dice : undefined, model: model || undefined });
    const headers = new Headers({ "Content-Type": "application/json", Accept: "application/json" });
    if (key) headers.set("Authorization", `Bearer ${key}`);
    const post = (ended) => ask(`${service}ai`, { method: "POST", headers, body }, ended, (told) => having("url", told));
    return share([service, key, body].join("\n"), signal, post);
  }

  #watch(url, state, signal) {
    if (state) this.#enter(state);
    const read = (told, tell) => (ENDED.test(having("state", told).state) ? told : tell(told.state));
    const poll = (ended, tell) => ask(url, {}, ended, (told) => read(told, tell), state);
    return share(url, signal, poll, (news) => this.#enter(news));
  }

  #enter(state, isBusy = !ENDED.test(state)) {
    const internals = this.#internals ?? {};
    internals.states?.clear();
    internals.states?.add(state);
    internals.ariaBusy = `${isBusy}`;
    this.dataset.state = this.#state = state;
  }

  #end(state, plain, detail) {
    this.#enter(state);
    this.dispatchEvent(new CustomEvent(`ai-img:${state}`, { bubbles: true, composed: true, detail }));
    this.dispatchEvent(new Event(plain));             // JSX cannot name the other
  }
}

// Waits for what `begin` tells of; rejects when the run is over.
function until(signal, begin) {
  return new Promise((done, fail) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => fail(signal.reason), { once: true });
    begin(done);
  });
}

const event = (signal, target, name) => until(signal, (done) => target.addEventListener(name, done, { once: true }));
const isOwn = (url) => new URL(url).origin === location.origin;

function whenNear(element, done, signal) {
  const see = (entries) => entries.some((entry) => entry.isIntersecting) && done();
  const watcher = new IntersectionObserver(see, { rootMargin: NEAR });
  watcher.observe(element);
  signal.addEventListener("abort", () => watcher.disconnect());
}

// ?live=1 is for an <img> that no script looks after.
function withoutLive(address, base) {
  const url = new URL(address, base);
  if (url.searchParams.has("live")) url.searchParams.delete("live");
  return url.href;
}

// One piece of work for all who want the same at a time; it ends with the last of them. `hear` is told what happens meanwhile.
function share(name, signal, work, hear = () => {}) {
  signal.throwIfAborted();
  let one = shared.get(name);
  const forget = () => shared.get(name) === one && shared.delete(name);
  if (!one) {
    const control = new AbortController();
    one = { control, ears: new Set() };
    shared.set(name, one);
    one.work = work(control.signal, (news) => one.ears.forEach((ear) => ear((one.news = news))));
    one.work.then(forget, forget);
  }
  one.ears.add(hear);
  if (one.news) hear(one.news);
  signal.addEventListener("abort", () => {
    one.ears.delete(hear);
    if (one.ears.size) return;
    one.control.abort();
    forget();
  });
  return one.work;
}

// Asks until `read` makes something of an answer, with pauses that double; throws a Failure. A poll (it has no body) rests while
// the page is hidden; once it knows the state, it lets the service hold it until that changes, if the service does such a thing
// and no two others are held.
async function ask(url, options, signal, read, state) {
  const isPoll = !options.body;
  const deadline = Date.now() + DEADLINE;
  let failures = 0;
  let doubled = FIRST_PAUSE / 2;
  const longer = () => (doubled = Math.min(doubled * 2, LONGEST_PAUSE));
  let rest = isPoll && held >= MOST_HELD ? longer() : 0;
  for (;;) {
    if (rest) await until(signal, (done) => setTimeout(done, rest));
    while (isPoll && document.hidden) await event(signal, document, "visibilitychange");
    const isHeld = isPoll && Boolean(state) && held < MOST_HELD;
    const asked = Date.now();
    held += isHeld;
    try {
      const told = await request(isHeld ? waiting(url, state) : url, { ...options, signal }).finally(() => (held -= isHeld));
      signal.throwIfAborted();
      const found = read(told);
      if (found) return found;
      const isNews = (isHeld || !state) && (told.state !== state || Date.now() - asked > HELD);
      state = told.state;
      failures = 0;
      rest = isNews ? 0 : longer();
    } catch (failure) {
      signal.throwIfAborted();
      failures += 1;
      const { status, code, retryAfter } = failure;
      const isFinal = !PASSING.test(status) || failures > (code === "cors" ? 1 : MOST_FAILURES);
      if (isFinal || retryAfter > LONGEST_RETRY_AFTER) throw failure;
      if (!status && !navigator.onLine) {
        await event(signal, window, "online");
        failures = 0;
      }
      rest = Math.max(retryAfter * 1e3, longer() * (0.75 + Math.random() / 2));    // not all clients at once
    }
    if (Date.now() > deadline) throw new Failure(0, "timeout", "The picture was not ready in time");
  }
}

// What the service answers to one request; throws a Failure.
async function request(url, options) {
  const quiet = { ...options, credentials: "omit" };
  const answer = await fetch(url, quiet).catch(async () => {
    // Where nothing is heard, but an opaque request gets through, the answer was there and CORS kept it back.
    const isThere = !isOwn(url) && (await fetch(url, { mode: "no-cors", signal: options.signal }).then(() => true, () => false));
    throw isThere
      ? new Failure(0, "cors", "The service does not answer pages of this origin")
      : new Failure(0, "network", "The service could not be reached");
  });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Failure(answer.status, told.code, told.error, +answer.headers.get("Retry-After") || 0);
}

// Whatever stands in between may answer with a page of its own.
function having(name, told) {
  if (told[name]) return told;
  throw new Failure(0, "invalid", "Something else than the service answered");
}

function waiting(url, state) {
  const address = new URL(url);
  address.searchParams.set("wait", HOLD);
  address.searchParams.set("while", state);
  return address;
}

// Has the <img> show what `url` is now. A fragment is a new key to a document's own memory of pictures and stays off the wire:
// with the conditional fetch before it, every engine shows the new picture, loads it once, and shows no gap between the two.
async function show(img, url, mark, signal) {
  const isRead = isOwn(url) || img.crossOrigin !== null;
  const options = { mode: isRead ? "cors" : "no-cors", credentials: isRead ? "same-origin" : "include" };    // as the <img> does
  const load = (ended) => fetch(url, { ...options, cache: "no-cache", signal: ended }).then((answer) => answer.arrayBuffer());
  await share(`${url}#${isRead}`, signal, load).catch(() => {});
  const next = new Image();
  next.crossOrigin = img.crossOrigin;
  next.src = Object.assign(new URL(url), { hash: mark });
  await next.decode();
  signal.throwIfAborted();
  img.removeAttribute("srcset");
  img.src = next.src;
}
