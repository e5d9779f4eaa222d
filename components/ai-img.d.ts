export type AiImgState = "pending" | "generating" | "ready" | "failed";

export interface AiImgReady {
  /** The job's id, where the element submitted the prompt itself. */
  id?: string | undefined;
  url: string;
  status_url?: string | undefined;
  state: "ready";
}

export interface AiImgFailed {
  /** The HTTP status; 0 where there was no answer. */
  status: number;
  /** The service's own codes, such as `blocked`, or: `cors`, `image`, `invalid`, `network`, `refused`, `timeout`. */
  code: string;
  /** For people. */
  error: string;
  /** Seconds; 0 where the service named none. */
  retryAfter: number;
}

export type AiImgReadyEvent = CustomEvent<AiImgReady>;
export type AiImgFailedEvent = CustomEvent<AiImgFailed>;

/** Both bubble, out of shadow trees too. */
export interface AiImgOwnEventMap {
  "ai-img:ready": AiImgReadyEvent;
  "ai-img:failed": AiImgFailedEvent;
}

export interface AiImgEventMap extends Omit<HTMLElementEventMap, "error" | "load">, AiImgOwnEventMap {
  /** With `ai-img:ready`; does not bubble. */
  load: Event;
  /** With `ai-img:failed`; does not bubble. */
  error: Event;
}

/** What may stand in the tag. Templates take null and undefined for an attribute that is not there. */
export interface AiImgAttributes {
  /** What the picture shows. Submitted to the service, unless `src` is set. */
  prompt?: string | null | undefined;
  /** Width in pixels. Default: 400. */
  w?: number | string | null | undefined;
  /** Height in pixels. Default: 300. */
  h?: number | string | null | undefined;
  /** Address of a picture that was already asked for: nothing is submitted. */
  src?: string | null | undefined;
  /** Address of the status that goes with `src`. */
  status?: string | null | undefined;
  /** Base address of the service. Default: the page's origin, or that of `src`. */
  endpoint?: string | null | undefined;
  /** Key for submitting. Whoever sees the page can read it: a publishable one (`pk_…`) alone may stand there. */
  "api-key"?: string | null | undefined;
  /** Permission (`st_…`) that your server signed for this prompt. */
  token?: string | null | undefined;
  /** Same prompt, another picture. */
  seed?: number | string | null | undefined;
  /** One of the service's models. */
  model?: string | null | undefined;
  /** Alternative text. Default: the prompt. */
  alt?: string | null | undefined;
  /** `lazy` submits nothing before the element is near the viewport. Default: `eager`. */
  loading?: "eager" | "lazy" | null | undefined;
}

/** The same by the properties' names. */
export interface AiImgProperties extends Omit<AiImgAttributes, "api-key"> {
  apiKey?: AiImgAttributes["api-key"];
}

/** `<ai-img>`. Each property but `state` and `complete` reads and writes an attribute; null and undefined remove it. */
export class AiImg extends HTMLElement {
  static readonly observedAttributes: string[];

  get prompt(): string;
  set prompt(value: AiImgProperties["prompt"]);
  get w(): number;
  set w(value: AiImgProperties["w"]);
  get h(): number;
  set h(value: AiImgProperties["h"]);
  get src(): string;
  set src(value: AiImgProperties["src"]);
  get status(): string;
  set status(value: AiImgProperties["status"]);
  get endpoint(): string;
  set endpoint(value: AiImgProperties["endpoint"]);
  get apiKey(): string;
  set apiKey(value: AiImgProperties["apiKey"]);
  get token(): string;
  set token(value: AiImgProperties["token"]);
  get seed(): string;
  set seed(value: AiImgProperties["seed"]);
  get model(): string;
  set model(value: AiImgProperties["model"]);
  get alt(): string;
  set alt(value: AiImgProperties["alt"]);
  get loading(): "eager" | "lazy";
  set loading(value: AiImgProperties["loading"]);

  /** Undefined until the element was in a document. */
  get state(): AiImgState | undefined;
  /** Whether it is ready or has failed. */
  get complete(): boolean;
  /** Starts over, and has what failed tried again. */
  retry(): void;

  addEventListener<K extends keyof AiImgEventMap>(
    type: K,
    listener: (this: AiImg, event: AiImgEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof AiImgEventMap>(
    type: K,
    listener: (this: AiImg, event: AiImgEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** Registers the element; a tag that is taken stays as it is. Gives the class behind the tag, on a server undefined. */
export function registerAiImg(tag?: string, registry?: CustomElementRegistry): typeof AiImg | undefined;

declare global {
  interface HTMLElementTagNameMap {
    "ai-img": AiImg;
  }
  // For listeners further out.
  interface GlobalEventHandlersEventMap extends AiImgOwnEventMap {}
}
