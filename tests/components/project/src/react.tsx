import type {} from "placeholder-ai-img/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { endpoint, first, hear, isLate, rightKey } from "./page.js";

function App() {
  const [model, setModel] = useState(first);
  window.change = (changed) => flushSync(() => setModel({ ...model, ...changed }));
  return (
    <>
      <ai-img
        id="one"
        className="picture"
        prompt={`react fox, late: ${isLate}`}
        w={320}
        h={200}
        endpoint={endpoint}
        apiKey={rightKey}
        alt={model.alt}
        onai-img:ready={(event) => hear("one", event)}
        onai-img:failed={(event) => hear("one", event)}
        onload={(event) => hear("one", event)}
        onerror={(event) => hear("one", event)}
      />
      <ai-img
        id="other"
        prompt={`react owl, late: ${isLate}`}
        w={320}
        h={200}
        endpoint={endpoint}
        apiKey={model.otherKey}
        alt={model.alt}
        onai-img:ready={(event) => hear("other", event)}
        onai-img:failed={(event) => hear("other", event)}
        onload={(event) => hear("other", event)}
        onerror={(event) => hear("other", event)}
      />
    </>
  );
}

const root = createRoot(document.querySelector("#app")!);
flushSync(() => root.render(<App />));
