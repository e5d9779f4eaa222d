import type {} from "placeholder-ai-img/svelte";
import type { SvelteHTMLElements } from "svelte/elements";

type Props = SvelteHTMLElements["ai-img"];

const right: Props[] = [
  { prompt: "a red fox", w: 512, h: "512", seed: 42, alt: "", loading: "lazy", "api-key": "pk_1", endpoint: "https://a.example" },
  { src: "/a.png", status: "/a", apiKey: "pk_1", class: ["a"], style: "width: 1px", "data-x": 1 },
  { "onai-img:ready": (event) => event.detail.url, "onai-img:failed": (event) => event.detail.code, onload: () => {} },
  { onclick: (event) => event.currentTarget.retry() },
];
const wrong: Props[] = [
  // @ts-expect-error: neither number nor text
  { w: true },
  // @ts-expect-error: no such way to load
  { loading: "soon" },
  // @ts-expect-error: no such attribute
  { promt: "a red fox" },
  // @ts-expect-error: another event's
  { "onai-img:ready": (event) => event.detail.code },
];
