"""Pixels: a Picture's SVG as PNG, JPEG, WebP, AVIF or GIF. The only room that knows libvips and Pillow; neither is loaded
before the first raster picture is asked for."""
