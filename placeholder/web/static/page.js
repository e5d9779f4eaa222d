// The composer of the front page: what the form says, as a URL, as a picture and as things to copy.
//
//   form ── read ──▶ wish ── addressOf ──▶ "/400x300@2x.png?text=hello" ── show ──▶ picture, sentence, snippets
//   "#/400x300.png" ── parse ──▶ wish ── fill ──▶ form
//
// A wish is { drawing, w, h, format, density, values }; a parameter that is left to the service is absent from values.

// How a label looks besides words and colours; its fields are in a part of the form that opens and closes.
const LOOK = ["radius", "border", "font", "weight", "align", "theme", "debug"];

// Every drawing: its first path segment, the parameter that stands in its path, those in its query, and its alt text.
const DRAWINGS = {
  label: { folder: "", inPath: "", inQuery: ["text", "bg", "fg", ...LOOK], says: labelText },
  color: { folder: "color", inPath: "hex", inQuery: [], says: ({ hex }) => `#${hex}` },
  gradient: { folder: "gradient", inPath: "", inQuery: ["from", "to", "angle", "type"], says: gradientText },
  seed: { folder: "seed", inPath: "seed", inQuery: ["style", "shade"], says: ({ seed }) => seed },
  glyph: { folder: "glyph", inPath: "", inQuery: ["as"], says: (values) => values.as },
};

// Every parameter: how what was typed is tidied, and when the URL goes without it.
const PARAMETERS = {
  text: { isLeft: () => field("auto-text").checked },
  bg: { tidy: digits, isLeft: () => field("auto-bg").checked },
  fg: { tidy: digits, isLeft: () => field("auto-fg").checked },
  radius: { tidy: trimmed, isLeft: (value) => !value },
  border: { tidy: trimmed, isLeft: (value) => !value },
  font: { isLeft: (value) => value === "sans" },
  weight: { isLeft: (value) => value === "400" },
  align: { isLeft: (value) => value === "center" },
  theme: { isLeft: (value) => value === "light" },
  debug: { isLeft: (value) => value === "0" },
  hex: { tidy: digits },
  from: { tidy: digits },
  to: { tidy: digits },
  angle: { isLeft: () => field("type").value === "radial" },
  type: { isLeft: (value) => value === "linear" },
  seed: { tidy: pathText },
  style: { isLeft: (value) => !value },
  shade: { isLeft: (value) => value === "light" || !field("style").value },
  as: {},
};

// A field of which another has the parameter's name.
const SENT_AS = { shade: "theme" };

// Every text to copy, by the id of the element that shows it.
const SNIPPETS = {
  "snippet-img": (wish) => `<img src="${html(urlOf(wish))}" ${sizeAndAlt(wish)}>`,
  "snippet-srcset": (wish) => `<img src="${html(urlOf(inPixels(wish, 1)))}" srcset="${html(srcset(wish))}" ${sizeAndAlt(wish)}>`,
  "snippet-markdown": (wish) => `![${markdown(altOf(wish))}](${urlOf(wish)})`,
  "snippet-css": (wish) => `background: url("${urlOf(wish)}") center / cover no-repeat;`,
};

// The path that the service is mounted at, "" at the root. Addresses here and behind # go without it.
const ROOT = new URL(".", import.meta.url).pathname.slice(0, -1);

const MAX_SIDE = 2048;
const MAX_PIXELS = 4096;
const ENDING = /^(\d+)x(\d+)(?:(?:@([23])x)?\.(svg|png|jpe?g|webp|avif|gif))?$/;
const NAMED = /^([^?]*?\/)(?:(\d+(?::|%3a)\d+\/\d+)|([a-z\d-]+))((?:(?:@[23]x)?\.[a-z]+)?(?:\?.*)?)$/is;
const FORMAT_NAMES = { svg: "SVG", png: "PNG", jpg: "JPEG", webp: "WebP", avif: "AVIF", gif: "GIF" };
const FIRST = "amber brisk calm copper distant early faint gentle hollow inner late lunar mellow narrow open pale precious quiet";
const SECOND = "basin bay cliff cove delta dune field fjord glade harbour island lake marsh meadow mist reef river shore tide";

const form = document.getElementById("composer");
const brush = document.createElement("canvas").getContext("2d");
const kept = { w: 400, h: 300 };    // the sides that were last readable
let running = new AbortController();
let pause = 0;

const byId = (id) => document.getElementById(id);
const field = (name) => form.elements.namedItem(name);
const oneOf = (words) => words.split(" ")[Math.floor(Math.random() * words.split(" ").length)];
const tell = (place, sentence) => place.textContent === sentence || (place.textContent = sentence);
const pickerOf = (input) => form.querySelector(`[data-for="${input.name}"]`);
const sentAs = (name) => SENT_AS[name] ?? name;
const urlOf = (wish) => location.origin + ROOT + addressOf(wish);
const sizeAndAlt = (wish) => `width="${wish.w}" height="${wish.h}" alt="${html(altOf(wish))}"`;
const inPixels = (wish, density) => ({ ...wish, density, format: wish.format === "svg" ? "png" : wish.format });
const srcset = (wish) => [1, 2, 3].map((density) => `${urlOf(inPixels(wish, density))} ${density}x`).join(", ");
const altOf = (wish) => DRAWINGS[wish.drawing].says(wish.values, wish);
const html = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const markdown = (text) => text.replace(/[\\`*_[\]<>&!#~|]/g, "\\$&");

// From the form to a wish

function read() {
  const drawing = field("drawing").value;
  const values = {};
  for (const name of [DRAWINGS[drawing].inPath, ...DRAWINGS[drawing].inQuery].filter(Boolean)) {
    const { tidy = (typed) => typed, isLeft = () => false } = PARAMETERS[name];
    const value = tidy(field(name).value, field(name));
    if (!isLeft(value)) values[name] = value;
  }
  return { drawing, w: side("w"), h: side("h"), format: field("format").value, density: Number(field("density").value), values };
}

function side(name) {
  const typed = field(name).valueAsNumber;
  if (!Number.isNaN(typed)) kept[name] = Math.min(Math.max(Math.trunc(typed), 1), MAX_SIDE);
  return kept[name];
}

// A colour without "#"; an empty field means its default.
function digits(value, input) {
  return value.trim().replace(/^#/, "") || input.defaultValue;
}

function trimmed(value) {
  return value.trim();
}

// A text that one path segment can carry: a browser resolves "." and ".." and no segment holds a slash.
function pathText(value, input) {
  const text = value.replaceAll("/", "-");
  return /^\.{0,2}$/.test(text) ? input.defaultValue : text;
}

// From a wish to its URL, from a URL to a wish, and the alt texts as the pictures name themselves

function addressOf({ drawing, w, h, format, density, values }) {
  const { folder, inPath, inQuery } = DRAWINGS[drawing];
  const ending = `${w}x${h}${suffix(format, density)}`;
  const segments = [folder, inPath && encoded(values[inPath]).replaceAll("+", "%20"), ending].filter(Boolean);
  const query = inQuery.filter((name) => name in values).map((name) => `${sentAs(name)}=${encoded(values[name])}`);
  return `/${segments.join("/")}${query.length ? `?${query.join("&")}` : ""}`;
}

function suffix(format, density) {
  return density > 1 ? `@${density}x.${format}` : format === "svg" ? "" : `.${format}`;
}

// Form encoding: it leaves nothing that HTML, Markdown or CSS would read as its own.
function encoded(text) {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function parse(address) {
  const [path, query = ""] = address.split(/\?(.*)/s);
  const [, ...segments] = path.split("/");
  const drawing = segments.length === 1 ? "label" : segments[0];
  const found = ENDING.exec(segments.at(-1));
  if (!found || !Object.hasOwn(DRAWINGS, drawing)) return null;
  const { folder, inPath, inQuery } = DRAWINGS[drawing];
  if (segments.length !== [folder, inPath, "size"].filter(Boolean).length) return null;
  const given = Object.fromEntries(new URLSearchParams(query));
  const values = Object.fromEntries(inQuery.filter((name) => sentAs(name) in given).map((name) => [name, given[sentAs(name)]]));
  if (inPath) values[inPath] = new URLSearchParams(`=${segments[1].replace(/[+&]/g, encodeURIComponent)}`).get("");
  const [, w, h, density = "1", format = "svg"] = found;
  return { drawing, w, h, density, format: format.replace("jpeg", "jpg"), values };
}

function fill({ values, ...rest }) {
  form.reset();
  for (const [name, value] of Object.entries(rest)) field(name).value = value;
  for (const [name, value] of Object.entries(values)) {
    field(name).value = value.replaceAll("\n", "\\n");
    setAutomatic(name, false);
  }
  if (LOOK.some((name) => name in values)) byId("look").open = true;
  for (const picker of form.querySelectorAll("[data-for]")) matchPicker(field(picker.dataset.for));
}

function labelText({ text }, { w, h }) {
  return (text ?? `${w}×${h}`).replaceAll("\\n", " ") || "placeholder";
}

function gradientText({ from, to, type }) {
  return `${type ? "Radial gradient" : "Gradient"} from #${from} to #${to}`;
}

// Showing. What is read out is written only where it changes.

function refresh() {
  const wish = read();
  for (const options of form.querySelectorAll("[data-drawing]")) options.hidden = options.dataset.drawing !== wish.drawing;
  byId("angle-param").hidden = field("type").value === "radial";
  byId("shade-param").hidden = !field("style").value;
  byId("angle-shown").value = `${field("angle").value}°`;
  tell(byId("size-note"), [sizeNote("w", "Width"), sizeNote("h", "Height")].filter(Boolean).join(" "));
  tell(byId("density-note"), densityNote(wish));
  byId("address").value = urlOf(wish);
  for (const [id, write] of Object.entries(SNIPPETS)) byId(id).textContent = write(wish);
  clearTimeout(pause);
  pause = setTimeout(show, 150, wish);
}

function sizeNote(name, word) {
  const typed = field(name).valueAsNumber;
  if (typed === kept[name]) return "";
  if (Number.isNaN(typed)) return `${word} is not a number; it stays ${kept[name]}.`;
  return `${word} is a whole number from 1 to ${MAX_SIDE}; this one counts as ${kept[name]}.`;
}

function sent({ w, h, density }) {
  const longest = Math.max(w, h);
  if (longest * density <= MAX_PIXELS) return [w * density, h * density];
  return [w, h].map((length) => Math.max(1, Math.floor((length * MAX_PIXELS + Math.floor(longest / 2)) / longest)));
}

function densityNote(wish) {
  const isCapped = Math.max(wish.w, wish.h) * wish.density > MAX_PIXELS;
  if (isCapped) return `No side passes ${MAX_PIXELS} pixels: it is sent as ${sent(wish).join(" × ")}.`;
  return wish.format === "svg" && wish.density > 1 ? "An SVG is sharp without it; it only asks to be shown larger." : "";
}

async function show(wish) {
  running.abort();
  running = new AbortController();
  const { signal } = running, address = addressOf(wish), { hash } = location;
  byId("frame").setAttribute("aria-busy", "true");
  const answer = await ask(address, signal);
  if (signal.aborted || location.hash !== hash) return;    // something else is wanted, or will be in a moment
  if (byId("picture").getAttribute("src") !== ROOT + address) history.replaceState(null, "", `#${address}`);
  tellProblem(answer);
  byId("measured").textContent = answer.bytes ? measured(wish, answer.bytes) : "";
  draw(wish, address);
}

// The picture's weight, or the sentence by which the service refuses it. The picture itself then comes from the cache.
async function ask(address, signal) {
  try {
    const response = await fetch(ROOT + address, { signal, headers: { Accept: "application/json" } });
    return response.ok ? { bytes: (await response.blob()).size } : await response.json();
  } catch {
    return { error: "The service does not answer." };
  }
}

function draw(wish, address) {
  const frame = byId("frame"), picture = byId("picture");
  Object.assign(picture, { src: ROOT + address, width: wish.w, height: wish.h, alt: altOf(wish) });
  frame.style.setProperty("--w", wish.w);
  frame.style.setProperty("--h", wish.h);
  byId("across").textContent = wish.w;
  byId("down").textContent = wish.h;
  frame.removeAttribute("aria-busy");
}

function measured(wish, bytes) {
  const weight = bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
  return `${FORMAT_NAMES[wish.format]}, ${sent(wish).join(" × ")}, ${weight}`;
}

function tellProblem({ error = "", param }) {
  const place = byId(`${param}-problem`) ?? byId("picture-problem");
  for (const problem of form.querySelectorAll(".problem")) tell(problem, problem === place ? error : "");
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  if (error) byId(param)?.setAttribute("aria-invalid", "true");
}

// Reacting

function setAutomatic(name, on) {
  const box = field(`auto-${name}`);
  if (box) box.checked = on;
}

function onInput({ target }) {
  if (target.dataset.for) {
    field(target.dataset.for).value = target.value.slice(1);
    setAutomatic(target.dataset.for, false);
  } else if (target.name.startsWith("auto-")) {
    const input = field(target.name.slice(5));    // ticked, it empties; unticked, it takes the colour beside it
    input.value = target.checked ? "" : (pickerOf(input)?.value.slice(1) ?? "");
  } else if (target.type === "text") {
    setAutomatic(target.name, target.classList.contains("hex") && !target.value.trim());
    matchPicker(target);
  }
  refresh();
}

function matchPicker(input) {
  const picker = pickerOf(input);
  const hex = picker && withoutAlpha(digits(input.value, input));
  if (hex) picker.value = hex;
}

// A colour as a picker takes it, "" where the text is none. A canvas knows the names; what it cannot read changes no brush.
function withoutAlpha(text) {
  const found = /^(?:([\da-f]{3})[\da-f]?|([\da-f]{6})(?:[\da-f]{2})?)$/i.exec(text);
  const read = ["#000000", "#ffffff"].map((before) => {
    brush.fillStyle = before;
    brush.fillStyle = found ? `#${found[1] ?? found[2]}` : text;
    return brush.fillStyle;
  });
  return read[0] === read[1] && read[0].startsWith("#") ? read[0] : "";
}

function onClick({ target }) {
  const button = target.closest("button");
  if (button?.dataset.size) [field("w").value, field("h").value] = button.dataset.size.split("x");
  if (button?.id === "roll") field("seed").value = `${oneOf(FIRST)}-${oneOf(SECOND)}`;
  if (button && !button.dataset.copy) refresh();
}

// The address with its size in digits where it goes by a ratio or a name: what those mean the service says.
async function inDigits(address) {
  const found = NAMED.exec(address);
  if (!found) return address;
  const [, before, ratio, name, behind] = found;
  try {
    return before + await (ratio ? sizeOfRatio(ratio) : sizeOfName(name)) + behind;
  } catch {
    return address;    // it means nothing, or nobody says
  }
}

async function sizeOfRatio(ratio) {
  const { headers } = await fetch(`${ROOT}/${ratio}`, { method: "HEAD" });
  return headers.get("Content-Location").slice(ROOT.length + 1);
}

async function sizeOfName(name) {
  const names = await (await fetch(`${ROOT}/sizes.json`)).json();
  return names[name].join("x");
}

async function adopt() {
  const { hash } = location;
  const wish = hash.startsWith("#/") ? parse(hash.slice(1)) ?? parse(await inDigits(hash.slice(1))) : null;
  if (location.hash !== hash) return;    // another has come meanwhile
  if (wish) fill(wish);
  refresh();
}

// Each example gets a link that opens it in the composer.
function offerEdits() {
  for (const caption of document.querySelectorAll(".examples figcaption")) {
    const address = caption.querySelector("a").getAttribute("href").slice(ROOT.length);
    const edit = Object.assign(document.createElement("a"), { className: "edit", href: `#${address}`, textContent: "Edit" });
    edit.setAttribute("aria-label", `Edit ${address}`);
    edit.addEventListener("click", () => {
      byId("compose").scrollIntoView();
      byId("compose").focus({ preventScroll: true });
    });
    caption.append(edit);
  }
}

form.addEventListener("input", onInput);
form.addEventListener("click", onClick);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", adopt);
offerEdits();
adopt();
