"""The same site with the service in it: no second process, and no other host."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.asgi import get_asgi_application
from starlette.applications import Starlette
from starlette.routing import Mount

from placeholder.app import create_app

pictures = create_app()
application = Starlette(
    routes=[Mount("/pictures", app=pictures), Mount("/", app=get_asgi_application())],
    lifespan=pictures.lifespan,
)
