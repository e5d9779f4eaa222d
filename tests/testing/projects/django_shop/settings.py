"""A Django site that shows pictures: by URL, and from a prompt that it sends itself."""

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["shop.test", "testserver"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True

PLACEHOLDER_URL = "https://pictures.example"
PLACEHOLDER_KEY = ""
