"""Markdown: the recipe, read as CommonMark says, shows what the service draws."""

from markdown_it import MarkdownIt
from recipes.pages import elements, picture
from recipes.readme import SERVICE, snippets

from placeholder.testing import Server


def test_it_is_one_picture_with_its_words(service: Server) -> None:
    (snippet,) = snippets("Markdown")
    paragraph, (tag, image) = elements(MarkdownIt("commonmark").render(snippet.replace(SERVICE, service.url)))
    assert (paragraph[0], tag, set(image)) == ("p", "img", {"src", "alt"})
    assert image["alt"] == "hero banner"
    assert picture(image["src"]) == ("image/png", (600, 240))
