// Vue 3: import type {} from "placeholder-ai-img/vue";
import type { EmitFn, HTMLAttributes, PublicProps } from "vue";
import type { AiImg, AiImgAttributes, AiImgFailedEvent, AiImgProperties, AiImgReadyEvent } from "./ai-img.js";

export interface AiImgEmits {
  "ai-img:ready": (event: AiImgReadyEvent) => void;
  "ai-img:failed": (event: AiImgFailedEvent) => void;
  load: (event: Event) => void;
  error: (event: Event) => void;
}

export interface AiImgProps extends AiImgAttributes, AiImgProperties, Omit<HTMLAttributes, "onLoad" | "onError"> {
  "onAi-img:ready"?: AiImgEmits["ai-img:ready"] | undefined;
  "onAi-img:failed"?: AiImgEmits["ai-img:failed"] | undefined;
  onLoad?: AiImgEmits["load"] | undefined;
  onError?: AiImgEmits["error"] | undefined;
}

declare module "vue" {
  interface GlobalComponents {
    "ai-img": new () => AiImg & { $props: AiImgProps & PublicProps; $emit: EmitFn<AiImgEmits> };
  }
}
