// What compiles, and what must not. Nothing here is run.
import type { AiImgEventMap, AiImgState } from "placeholder-ai-img";
import { AiImg, registerAiImg } from "placeholder-ai-img";
import manifest from "placeholder-ai-img/custom-elements.json" with { type: "json" };
import { registerAiImg as registerSmall } from "placeholder-ai-img/ai-img.min.js";

const element = document.createElement("ai-img");
const same: AiImg = element;
const found: AiImg | null = document.querySelector("ai-img");
const schema: string = manifest.schemaVersion;

element.prompt = "a red fox";
element.prompt = null;
element.w = 512;
element.w = "512";
element.w = undefined;
element.seed = 42;
element.loading = "lazy";
element.apiKey = "pk_1";
element.retry();

const w: number = element.w;
const seed: string = element.seed;
const loading: "eager" | "lazy" = element.loading;
const state: AiImgState | undefined = element.state;
const complete: boolean = element.complete;

// @ts-expect-error: not before it was in a document
const sure: AiImgState = element.state;
// @ts-expect-error: no such way to load
element.loading = "soon";
// @ts-expect-error: neither number nor text
element.w = true;
// @ts-expect-error: a text
element.prompt = 1;
// @ts-expect-error: it is told, not set
element.state = "ready";
// @ts-expect-error: it is told, not set
element.complete = true;
// @ts-expect-error: a property has no hyphen
element["api-key"] = "pk_1";
// @ts-expect-error: nothing to tell
element.retry("now");

element.addEventListener("ai-img:ready", function (event) {
  const url: string = event.detail.url;
  const isReady: "ready" = event.detail.state;
  const own: number = this.w;
  // @ts-expect-error: in URL mode there is none
  const id: string = event.detail.id;
  // @ts-expect-error: another event's
  event.detail.code;
});
element.addEventListener("ai-img:failed", ({ detail }) => {
  const seconds: number = detail.retryAfter;
  const said: [number, string, string] = [detail.status, detail.code, detail.error];
  // @ts-expect-error: another event's
  detail.url;
});
element.addEventListener("load", (event) => {
  // @ts-expect-error: a plain event
  event.detail;
});
element.addEventListener("click", (event) => event.clientX, { once: true });
element.addEventListener("anything", { handleEvent: () => {} });
element.removeEventListener("ai-img:ready", (event) => event.detail.url);
document.addEventListener("ai-img:failed", (event) => event.detail.code);
window.addEventListener("ai-img:ready", (event) => event.detail.url);

const names: (keyof AiImgEventMap)[] = ["ai-img:ready", "ai-img:failed", "load", "error", "click"];
// @ts-expect-error: no such event
const wrong: keyof AiImgEventMap = "ai-img:done";

const Made: typeof AiImg | undefined = registerAiImg();
registerAiImg("my-img");
registerSmall("my-img", customElements);
// @ts-expect-error: a tag is a text
registerAiImg(1);
// @ts-expect-error: on a server there is none
new (registerAiImg())();
