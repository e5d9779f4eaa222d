import type { AiImg } from "placeholder-ai-img";
import type {} from "placeholder-ai-img/vue";
import type { GlobalComponents } from "vue";

type Tag = InstanceType<GlobalComponents["ai-img"]>;

const right: Tag["$props"][] = [
  { prompt: "a red fox", w: 512, h: "512", seed: 42, alt: "", loading: "lazy", "api-key": "pk_1", endpoint: "https://a.example" },
  { src: "/a.png", status: "/a", apiKey: "pk_1", class: ["a"], style: { width: "1px" }, key: 1, onClick: () => {} },
  { "onAi-img:ready": (event) => event.detail.url, "onAi-img:failed": (event) => event.detail.code, onLoad: () => {} },
];
const wrong: Tag["$props"][] = [
  // @ts-expect-error: neither number nor text
  { w: true },
  // @ts-expect-error: no such way to load
  { loading: "soon" },
  // @ts-expect-error: no such attribute
  { promt: "a red fox" },
  // @ts-expect-error: another event's
  { "onAi-img:ready": (event) => event.detail.code },
];

declare const tag: Tag;
const element: AiImg = tag;
