"""The recipes of README, each in a test of its own beside this one."""

from recipes.readme import recipes, snippets


def test_no_recipe_is_without_a_test() -> None:
    assert set(recipes()) == {"Next.js", "Vite", "Storybook", "Django", "Rails", "Markdown", "Email"}
    assert [name for name in recipes() if not snippets(name)] == []
