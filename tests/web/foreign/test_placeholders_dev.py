"""placeholders.dev: the URLs of its README and its own tests, and those that it never had."""

import pytest
from fixtures.foreign import Ask, Wanted, check, check_refusal

HOST = "images.placeholders.dev"
BG, FG = "dddddd", "00000080"

URLS = {
    "/350": Wanted("svg", 350, 350, BG, FG),
    "/350x150": Wanted("svg", 350, 150, BG, FG),
    "/350x100": Wanted("svg", 350, 100, BG, FG),
    "/": Wanted("svg", 300, 150, BG, FG),
    "/?width=350&height=100": Wanted("svg", 350, 100, BG, FG),
    "/?width=350": Wanted("svg", 350, 150, BG, FG),
    "/?height=200": Wanted("svg", 300, 200, BG, FG),
    "/?width=200&height=100&bgColor=%23000&textColor=rgba(255,255,255,0.5)": Wanted("svg", 200, 100, "000000", "ffffff80"),
    "/?width=140&height=100&bgColor=%23313131&textColor=%23dfdfde": Wanted("svg", 140, 100, "313131", "dfdfde"),
    "/?width=1055&height=100&text=Hello%20World&bgColor=%23434343&textColor=%23dfdfde": Wanted(
        "svg", 1055, 100, "434343", "dfdfde", "Hello World"
    ),
    "/?width=1055&height=100&text=Made%20with%20placeholders.dev&bgColor=%23f7f6f6&textColor=%236d6e71": Wanted(
        "svg", 1055, 100, "f7f6f6", "6d6e71", "Made with placeholders.dev"
    ),
    "/?width=350&height=100&text=placeholders.dev": Wanted("svg", 350, 100, BG, FG, "placeholders.dev"),
    "/?width=250&height=200&text=This+text+is+too+long&bgColor=%23f7f6f6&textWrap=true": Wanted(
        "svg", 250, 200, "f7f6f6", FG, "This text is too long"
    ),
    "/350x100?bgColor=%23f7f6f6&text=Hello%20World": Wanted("svg", 350, 100, "f7f6f6", FG, "Hello World"),
    "/350x100?width=360&height=200": Wanted("svg", 360, 200, BG, FG),
    "/350?height=200": Wanted("svg", 350, 200, BG, FG),
    "/api/350": Wanted("svg", 350, 350, BG, FG),
    "/api/350x100": Wanted("svg", 350, 100, BG, FG),
    "/api/?width=450&height=450&text=James": Wanted("svg", 450, 450, BG, FG, "James"),
    "/api?width=450": Wanted("svg", 450, 150, BG, FG),
    "/?dy=5&fontSize=14&fontWeight=400&bgColor=%2380B5FF&textColor=%23000&fontFamily=roboto&width=70&height=140&text=x": Wanted(
        "svg", 70, 140, "80b5ff", "000000", "x"
    ),
    "/?width=500&height=750&text=No+Image&bgColor=%23222": Wanted("svg", 500, 750, "222222", FG, "No Image"),
    "/350?bgColor=rebeccapurple&textColor=White": Wanted("svg", 350, 350, "663399", "ffffff"),
    "/350?bgColor=hsl(120,100%25,25%25)&textColor=%23fff": Wanted("svg", 350, 350, "008000", "ffffff"),
    "/350?bgColor=rgb(10%2020%2030%20/%2050%25)&textColor=black": Wanted("svg", 350, 350, "0a141e80", "000000"),
    "/350?bgColor=%230008&textColor=%23fff": Wanted("svg", 350, 350, "00000088", "ffffff"),
    "/350?bgColor=transparent&textColor=%23333": Wanted("svg", 350, 350, "00000000", "333333"),
    "/350?darkBgColor=%23000&darkTextColor=%23fff": Wanted("svg", 350, 350, BG, FG),
    "/350?bgColor=&textColor=&text=&width=": Wanted("svg", 350, 350, BG, FG),
    "/9999x10": Wanted("svg", 2048, 10, BG, FG),
}


@pytest.mark.parametrize(("url", "wanted"), URLS.items(), ids=URLS)
async def test_a_url_shows_its_picture_again(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, HOST, url, wanted)


REFUSED = {
    "a width that is no number": ("/?width=abc", 400),
    "a negative width": ("/?width=-5", 400),
    "an infinite width": ("/?width=Infinity", 400),
    "a width with decimals": ("/?width=350.5", 400),
    "Arabic-Indic digits": ("/?height=%D9%A3%D9%A0%D9%A0", 400),
    "a script for a colour": ("/?bgColor=%22%3E%3Cscript%3Ealert(%22XSS%22);%3C/script%3E", 400),
    "a reference for a colour": ("/?bgColor=url(https://evil.example/a)", 400),
    "a colour without its number sign": ("/?bgColor=434343", 400),
    "a colour of five digits": ("/?textColor=%2300000", 400),
    "a function with too little in it": ("/?bgColor=rgb(1,2)", 400),
    "a function of words": ("/?bgColor=rgba(a,b,c,d)", 400),
    "an expression": ("/?bgColor=calc(1)", 400),
    "an endless colour": ("/?bgColor=rgb(" + "1," * 2000 + "1)", 400),
    "another path": ("/img/350", 404),
    "a third word": ("/api/350/100", 404),
    "a word that is no size": ("/350abc", 404),
    "too many parameters": ("/350?" + "&" * 40, 400),
    "an endless URL": ("/350?text=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_it_never_had_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


async def test_a_refusal_names_the_parameter_and_has_the_size_asked_for(ask: Ask) -> None:
    answer = await ask("/350?bgColor=zzz", "GET", {"Host": HOST, "Accept": "application/json"})
    assert b'"param": "bgColor"' in answer.body
    assert b"zzz" not in answer.body
    answer = await ask("/350?bgColor=zzz", "GET", {"Host": HOST})
    assert b' width="350" height="350"' in answer.body


HOSTILE = {
    "rules in a font": "/?width=300&height=100&fontFamily=test;background:url(https://evil.example/a)&textWrap=true",
    "markup in a font": "/?width=300&height=100&fontFamily=%22/%3E%3Cscript%3E",
    "markup in a text": "/?width=300&height=100&text=%3C/text%3E%3Cscript%3E",
    "markup in a dark colour": "/?width=300&height=100&darkBgColor=%7D%3C/style%3E%3Cscript%3E",
    "no numbers in a weight": "/?width=300&height=100&fontWeight=NaN&fontSize=-1&dy=1e99",
    "a channel over its top": "/?width=300&height=100&bgColor=rgb(999999,-5,3.7)",
    "an alpha over its top": "/?width=300&height=100&bgColor=rgba(1,2,3,99)",
    "a hue beyond the circle": "/?width=300&height=100&bgColor=hsl(99999,500%25,-3%25)",
    "control characters": "/?width=300&height=100&text=%00%08%1B",
    "raw bytes": "/?width=300&height=100&text=\xff",
    "a text of 8,000 characters": "/?width=300&height=100&text=" + "a" * 8000,
    "parameters twice": "/?width=1&height=1&width=300&height=100",
}


@pytest.mark.parametrize("target", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, ask: Ask, assert_sound_svg: object) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert answer.status == 200, answer.body[:500]
    assert callable(assert_sound_svg)
    assert_sound_svg(answer.body, (300, 100))
