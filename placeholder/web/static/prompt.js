// "From a prompt": a prompt becomes a picture in this page, by the element that any page can use, and its URL to copy.
//
//   /page.json ──▶ a key that asks from here alone, where pictures cost nothing; else the visitor's own
//   form ──▶ <ai-img prompt> ──▶ data-state: the steps, with their times; ai-img:ready, ai-img:failed: the words, the snippet

import { registerAiImg } from "./components/ai-img.js";

const ROOT = new URL(".", import.meta.url).pathname.slice(0, -1);    // the path that the service is mounted at
const byId = (id) => document.getElementById(id);
const form = byId("asking"), picture = byId("imagined"), snippet = byId("snippet-element");
const steps = [...byId("steps").children];
let began = 0;

registerAiImg();
picture.endpoint = ROOT;
writeSnippet(`src="${ROOT}/ai/640x480/{id}.png" status="${ROOT}/ai/{id}/status"`, `${ROOT}/ai/640x480/{id}.png`, byId("wish").value);
new MutationObserver(showState).observe(picture, { attributeFilter: ["data-state"] });
picture.addEventListener("ai-img:ready", ({ detail }) => {
  say(`Ready after ${seconds()}.`);
  writeSnippet(`src="${detail.url}" status="${detail.status_url}"`, detail.url, picture.alt);
});
picture.addEventListener("ai-img:failed", ({ detail }) => say(`${detail.error}.`.replace(/[.]+$/, "."), true));
form.addEventListener("submit", ask);

const facts = await fetch(`${ROOT}/page.json`).then((answer) => answer.json()).catch(() => ({}));
byId("key-param").hidden = Boolean(facts.key);
byId("painter").textContent = facts.key
  ? "Here the service itself paints, for nothing: a sketch, drawn from dice that follow from your words. No model sees them."
  : "A model paints, and each new picture counts against your key.";
form.querySelector("button").disabled = false;

function ask(event) {
  event.preventDefault();
  const prompt = byId("wish").value.trim(), token = facts.key || byId("key").value.trim();
  if (!prompt) return say("Write what the picture shall show.", true);
  if (!token) return say("A key is needed: placeholder keys create --name NAME makes one.", true);
  began = performance.now();
  for (const step of steps) step.removeAttribute("data-at");
  say("");
  const isSame = picture.prompt === prompt && picture.token === token;
  Object.assign(picture, { prompt, token, alt: prompt });
  if (isSame) picture.retry();
}

function showState() {
  if (!began) return;
  const now = steps.findIndex((step) => step.dataset.state === picture.state);
  steps.forEach((step, place) => {
    step.toggleAttribute("data-passed", place < now);
    if (place === now) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
  if (steps[now]) steps[now].dataset.at = seconds();
}

function seconds() {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function say(sentence, isWrong = false) {
  const place = byId("asking-said");
  place.textContent = sentence;
  place.classList.toggle("problem", isWrong);
}

function writeSnippet(attributes, still, alt) {
  const endpoint = ROOT && `endpoint="${location.origin}${ROOT}" `;
  const { w, h } = picture;
  const words = alt.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  snippet.textContent = `<script type="module">
  import { registerAiImg } from "${location.origin}${ROOT}/components/ai-img.js";
  registerAiImg();
</script>

<ai-img ${endpoint}${attributes} w="${w}" h="${h}">
  <img src="${still}" width="${w}" height="${h}" alt="${words}">
</ai-img>`;
}
