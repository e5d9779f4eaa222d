"""/llms.txt: the service in one page of Markdown for language models, in the form of llmstxt.org: a title, a summary, what must
be known without a heading, then lists of links."""

from placeholder.jobs.model import FAILURES, State
from placeholder.manual.answers import Statuses
from placeholder.manual.drawings import CHAPTERS
from placeholder.manual.model import Chapter, Facts, Parameter
from placeholder.manual.refusals import TOLD
from placeholder.values.format import SUFFIXES
from placeholder.values.named import NAMES, SOURCES

_SUMMARY = (
    "Pictures of any size from their URL alone, drawn at once and cacheable for ever, for use wherever an image goes until the"
    " real one exists; and AI pictures from prompts, at URLs that show a placeholder until the picture is ready and never change."
)
_GRAMMAR = """\
Use a URL as it is in `src`, `srcset` or CSS: GET needs no key. The last segment is always the size:

- `{w}x{h}` in whole numbers, such as `400x300`; each side is clamped to 1 … 2048. One number alone is no size.
- or a name, such as `og`, or a ratio and a width as two segments, such as `16:9/1280`.
- Behind it a format: %(endings)s. None is SVG, which is sharp and small; use PNG where SVG is not taken (email, link previews).
- Between them a density: `@2x` or `@3x`, such as `/400x300@2x.png`.

Encode values of the query as forms do (`+` or `%%20` for a space, `%%26` for `&`). A colour is hexadecimal digits without `#`.
Unknown parameters are ignored; a known one with a wrong value is answered 400 with a picture that says what was expected."""
_IMAGINING = """\
For a picture from a prompt, `POST %(base)s/ai` with `Authorization: Bearer KEY`, `Content-Type: application/json` and
`{"prompt": "a red fox in snow", "w": 512, "h": 512}`; `seed` and `model` are optional. It answers at once with `id`, `url`,
`status_url`, `state`, `width` and `height`. Put `url` into the page at once: it shows a placeholder of that size, then the
picture. The same ask is the same job, made and paid once. `GET status_url?wait=25` answers when the state changes. The states are
%(states)s; the last two are final. A failed job has a `code`: %(failures)s.
`X-AI-State`, with the picture, tells the state too.

Whoever runs the service makes keys: `placeholder keys create --name NAME`. Such a key is secret and stays on a server. In a page
stands a token for one prompt (`placeholder tokens mint`), or a publishable key (`keys create --publishable --origin ORIGIN`).

In a page that stays open, the element swaps the picture in without a reload:

```html
<script type="module">
  import { registerAiImg } from "%(base)s/components/ai-img.js";
  registerAiImg();
</script>
<ai-img src="%(base)s/ai/512x512/ID.png" status="%(base)s/ai/ID/status" w="512" h="512" alt="a red fox in snow"></ai-img>
```

The same as tools over the Model Context Protocol, on your own machine: `placeholder mcp --url %(service)s`, with the key in
`PLACEHOLDER_API_KEY` (`pip install 'placeholder[mcp]'`).

Errors have their true status. Send `Accept: application/json` to get `{"error", "code", "param"}` in place of a picture:"""


def text(facts: Facts, statuses: Statuses) -> str:
    endings = ", ".join(f"`{suffix}`" for suffix in SUFFIXES if "@" not in suffix)
    failures = ", ".join(f"`{code}`" for code in FAILURES)
    states = ", ".join(f"`{state}`" for state in State)
    return "\n\n".join(
        [
            "# placeholder",
            f"> {_SUMMARY}",
            _GRAMMAR % {"endings": endings},
            "The drawings with their parameters; those of the query are optional:",
            "\n".join(line for address, chapter in CHAPTERS.items() for line in _drawing(address, chapter)),
            "The names of sizes, each with what is drawn for it:",
            "\n".join(_names(source, sizes) for source, sizes in SOURCES.items()),
            _IMAGINING
            % {"base": facts.base, "service": facts.base or "URL", "states": states, "failures": failures},
            "\n".join(sorted(f"- {statuses[kind]} `{kind.code}`: {what}" for kind, what in TOLD.items())),
            "## Examples",
            "\n".join(_link(facts.base, *example) for chapter in CHAPTERS.values() for example in chapter.examples.items()),
            "## Documents",
            _link(facts.base, "/openapi.json", "every address with its parameters, statuses and bodies, as OpenAPI 3.1")
            + "\n"
            + _link(facts.base, "/sizes.json", "every size that has a name, as JSON"),
            "## Optional",
            _link(facts.base, "/docs", "the same as a page") + "\n" + _link(facts.base, "/", "composing by clicking"),
        ]
    ) + "\n"  # fmt: skip


def _drawing(address: str, chapter: Chapter) -> list[str]:
    return [f"- `{address}`: {chapter.what}", *(f"  - {parameter(one)}" for one in (*chapter.path, *chapter.query))]


def parameter(one: Parameter) -> str:
    """A parameter in a line of Markdown."""
    choices = " One of " + ", ".join(f"`{word}`" for word in one.choices) + "." if one.choices else ""
    default = f" `{one.schema['default']}` unless given." if "default" in one.schema else ""
    return f"`{one.name}`: {one.what}{choices}{default}"


def _names(source: str, sizes: dict[str, tuple[int, int]]) -> str:
    return f"- {source}: " + ", ".join(f"`{name}` {NAMES[name]}" for name in sizes)


def _link(base: str, target: str, what: str) -> str:
    return f"- [{target}]({base}{target}): {what}"
