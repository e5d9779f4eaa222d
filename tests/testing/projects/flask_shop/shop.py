"""A Flask site that shows a picture by URL, and one from a prompt in the visitor's browser."""

from flask import Flask, render_template_string

PAGE = """<!doctype html>
<title>Shop</title>
<script type="module">
import { registerAiImg } from "{{ config.PICTURES }}/components/ai-img.js";
registerAiImg();
</script>
<img src="{{ config.PICTURES }}/seed/{{ product }}/320x240" width="320" height="240" alt="">
<ai-img endpoint="{{ config.PICTURES }}" prompt="{{ product }}" w="320" h="240"></ai-img>
"""


def create_app(pictures: str = "https://pictures.example") -> Flask:
    app = Flask(__name__)
    app.config["PICTURES"] = pictures

    @app.get("/<product>")
    def page(product: str) -> str:
        return render_template_string(PAGE, product=product)

    return app
