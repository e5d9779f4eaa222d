import type {} from "placeholder-ai-img/react";
import type { AiImg } from "placeholder-ai-img";
import type { AiImgProps } from "placeholder-ai-img/react";
import { useRef } from "react";

export function Right() {
  const ref = useRef<AiImg>(null);
  const props: AiImgProps = { prompt: "a red fox", token: "st_1" };
  return (
    <>
      <ai-img ref={ref} key="1" className="a" class="b" style={{ width: 10 }} slot="s" hidden aria-label="A fox" data-x="1" />
      <ai-img prompt="a red fox" w={512} h="512" seed={42} model="m" alt="" loading="lazy" api-key="pk_1" endpoint="https://a.example" />
      <ai-img src="/a.png" status="/a" apiKey="pk_1" prompt={undefined} w={null} onClick={() => ref.current?.retry()}>
        <img src="/a.png" alt="" />
      </ai-img>
      <ai-img onai-img:ready={(event) => event.detail.url} onai-img:failed={(event) => event.detail.retryAfter} />
      <ai-img onload={(event) => event.type} onerror={(event) => event.type} {...{ "onai-img:ready": () => {} }} />
      <ai-img {...props} />
    </>
  );
}

export function Wrong() {
  const ref = useRef<HTMLImageElement>(null);
  return (
    <>
      {/* @ts-expect-error: neither number nor text */}
      <ai-img w={true} />
      {/* @ts-expect-error: no such way to load */}
      <ai-img loading="soon" />
      {/* @ts-expect-error: a text */}
      <ai-img api-key={1} />
      {/* @ts-expect-error: a text */}
      <ai-img apiKey={1} />
      {/* @ts-expect-error: no such attribute */}
      <ai-img promt="a red fox" />
      {/* @ts-expect-error: React would never call it */}
      <ai-img onLoad={() => {}} />
      {/* @ts-expect-error: React would never call it */}
      <ai-img onError={() => {}} />
      {/* @ts-expect-error: another event's */}
      <ai-img onai-img:ready={(event) => event.detail.code} />
      {/* @ts-expect-error: it is no <img> */}
      <ai-img ref={ref} />
      {/* @ts-expect-error: told, not set */}
      <ai-img complete />
    </>
  );
}
