import json
from urllib.request import Request, urlopen

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def imagined(prompt: str, w: int, h: int) -> str:
    """The URL of a picture that is being painted."""
    headers = {"Authorization": f"Bearer {settings.PLACEHOLDER_KEY}", "Content-Type": "application/json"}
    body = json.dumps({"prompt": prompt, "w": w, "h": h}).encode()
    with urlopen(Request(f"{settings.PLACEHOLDER_URL}/ai", body, headers)) as answer:
        return f"{settings.PLACEHOLDER_URL}{json.load(answer)['url']}"


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html", {"pictures": settings.PLACEHOLDER_URL, "hero": imagined("a felt hat", 64, 48)})


urlpatterns = [path("", page)]
