// React 19: import type {} from "placeholder-ai-img/react";
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { AiImg, AiImgAttributes, AiImgFailedEvent, AiImgProperties, AiImgReadyEvent } from "./ai-img.js";

export interface AiImgOwnProps extends AiImgAttributes, AiImgProperties {
  "onai-img:ready"?: ((event: AiImgReadyEvent) => void) | undefined;
  "onai-img:failed"?: ((event: AiImgFailedEvent) => void) | undefined;
  /** The plain events, for compilers that know no colon. React has no onLoad for a custom element. */
  onload?: ((event: Event) => void) | undefined;
  onerror?: ((event: Event) => void) | undefined;
  onLoad?: never;
  onError?: never;
  class?: string | undefined;
}

export type AiImgProps = Omit<DetailedHTMLProps<HTMLAttributes<AiImg>, AiImg>, keyof AiImgOwnProps> & AiImgOwnProps;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "ai-img": AiImgProps;
    }
  }
}
