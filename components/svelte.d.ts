// Svelte 5: import type {} from "placeholder-ai-img/svelte";
import type { HTMLAttributes } from "svelte/elements";
import type { AiImg, AiImgAttributes, AiImgFailedEvent, AiImgProperties, AiImgReadyEvent } from "./ai-img.js";

export interface AiImgOwnProps extends AiImgAttributes, AiImgProperties {
  "onai-img:ready"?: ((event: AiImgReadyEvent) => void) | null | undefined;
  "onai-img:failed"?: ((event: AiImgFailedEvent) => void) | null | undefined;
  onload?: ((event: Event) => void) | null | undefined;
  onerror?: ((event: Event) => void) | null | undefined;
}

export type AiImgProps = Omit<HTMLAttributes<AiImg>, keyof AiImgOwnProps> & AiImgOwnProps;

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "ai-img": AiImgProps;
  }
}
