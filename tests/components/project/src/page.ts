// What every page has in common. Its address says where the service is, and whether the element is defined before or after the
// framework rendered it. Two elements are asked for, one with a key that the service knows and one with another.
import type { AiImgFailedEvent, AiImgReadyEvent } from "placeholder-ai-img";
import { registerAiImg } from "placeholder-ai-img";

const given = new URLSearchParams(location.search);

export const isLate = given.has("late");
export const endpoint = given.get("endpoint") ?? "";
export const rightKey = given.get("key") ?? "";
export const wrongKey = "wrong";

export interface Heard {
  type: string;
  detail?: unknown;
}

export interface Model {
  alt: string;
  otherKey: string;
}

export const first: Model = { alt: "At first", otherKey: wrongKey };

declare global {
  interface Window {
    heard: Record<string, Heard[]>;
    change(model: Partial<Model>): void;
    define(): void;
  }
}

window.heard = {};
window.define = () => void registerAiImg();
if (!isLate) window.define();

export function hear(id: string, event: AiImgReadyEvent | AiImgFailedEvent | Event): void {
  (window.heard[id] ??= []).push({ type: event.type, detail: (event as CustomEvent).detail as unknown });
}
