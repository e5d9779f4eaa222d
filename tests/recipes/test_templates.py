"""Django and Rails: the recipe's tag or helper in its template, rendered by Django's engine and by Rails's own (Action View).

PLACEHOLDER_REQUIRE_RUBY=1 forbids to go on without the latter.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from recipes.pages import elements, picture
from recipes.readme import write

from placeholder.testing import Server

DJANGO = """
import json, os, sys

import django
from django.conf import settings
from django.template.loader import render_to_string

templates = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
settings.configure(INSTALLED_APPS=["shop"], TEMPLATES=[templates], PLACEHOLDER_URL=os.environ["PLACEHOLDER_URL"])
django.setup()
print(json.dumps([render_to_string("shop/card.html", {"user": user}) for user in json.loads(sys.argv[1])]))
"""

RAILS = """
require "json"
require "action_view"
require "active_support/core_ext/object/to_query" # Rails has loaded it
require "./app/helpers/placeholder_helper"

lookup = ActionView::LookupContext.new(["app/views"])
views = ActionView::Base.with_empty_template_cache
User = Struct.new(:email, :name)
puts JSON.generate(JSON.parse(ARGV[0]).map { |user|
  view = views.new(lookup, { user: User.new(*user.values_at("email", "name")) }, nil)
  view.extend(PlaceholderHelper).render(template: "cards/show")
})
"""


def django(folder: Path) -> list[str]:
    for package in ("shop", "shop/templatetags"):
        (folder / package / "__init__.py").touch()
    return [sys.executable, "-W", "error", "-c", DJANGO]


def rails(_: Path) -> list[str]:
    ruby = shutil.which("ruby")
    if ruby and subprocess.run([ruby, "-raction_view", "-e", ""], capture_output=True, check=False).returncode == 0:
        return [ruby, "-e", RAILS]
    reason = "NO RUBY WITH ACTION VIEW FOUND: README'S RAILS HELPER WAS NOT TESTED. To test it: apt install ruby-actionview."
    if os.environ.get("PLACEHOLDER_REQUIRE_RUBY") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


HOSTILE = ('"><script>x(1)</script>', "' onerror='x(1)", "a b+c%2F?&#\\", "Zoë 🦊", "..;x=1")
USERS = [{"email": "ada@example.com", "name": "Ada Lovelace"}, *({"email": text, "name": text} for text in HOSTILE)]


@pytest.fixture(scope="module", params=[("Django", django), ("Rails", rails)], ids=["django", "rails"])
def cards(request: pytest.FixtureRequest, service: Server, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The HTML for each of USERS."""
    recipe, command = request.param
    folder = tmp_path_factory.mktemp(recipe)
    write(recipe, folder, service.url)
    done = subprocess.run(
        [*command(folder), json.dumps(USERS)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PLACEHOLDER_URL": service.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_page_shows_a_label_and_an_avatar(cards: list[str], service: Server) -> None:
    (_, banner), (_, avatar) = elements(cards[0])
    assert banner == {
        "src": service.address("/600x240%402x.webp?text=hero+banner"),
        "width": "600",
        "height": "240",
        "alt": "hero banner",
    }
    assert picture(banner["src"]) == ("image/webp", (1200, 480))
    assert avatar == {
        "src": service.address("/seed/ada%40example.com/40x40?style=initials"),
        "width": "40",
        "height": "40",
        "alt": "Ada Lovelace",
    }
    assert picture(avatar["src"]) == ("image/svg+xml", (40, 40))


def test_what_users_write_stays_text(cards: list[str], service: Server) -> None:
    for user, card in zip(USERS, cards, strict=True):
        (one, _), (other, avatar) = elements(card)
        assert (one, other, set(avatar)) == ("img", "img", {"src", "width", "height", "alt"})
        assert avatar["src"] == service.address(f"/seed/{quote(user['email'], safe='')}/40x40?style=initials")
        assert avatar["alt"] == user["name"]
        if "/" not in user["email"]:
            assert picture(avatar["src"])[1] == (40, 40)
