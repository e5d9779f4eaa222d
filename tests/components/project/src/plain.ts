import { endpoint, first, hear, isLate, rightKey } from "./page.js";

function make(id: string, prompt: string, apiKey: string): HTMLElementTagNameMap["ai-img"] {
  const element = document.createElement("ai-img");
  element.id = id;
  Object.assign(element, { prompt, w: 320, h: 200, endpoint, apiKey, alt: first.alt });
  for (const type of ["ai-img:ready", "ai-img:failed", "load", "error"] as const) {
    element.addEventListener(type, (event) => hear(id, event));
  }
  document.querySelector("#app")?.append(element);
  return element;
}

const one = make("one", `plain fox, late: ${isLate}`, rightKey);
const other = make("other", `plain owl, late: ${isLate}`, first.otherKey);

window.change = ({ alt, otherKey }) => {
  if (alt !== undefined) one.alt = alt;
  if (otherKey !== undefined) other.apiKey = otherKey;
};
