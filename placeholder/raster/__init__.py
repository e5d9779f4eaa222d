"""Pixels: a Picture's SVG as PNG, JPEG, WebP, AVIF or GIF. The only room that knows libvips and Pillow; neither is loaded
before the first raster picture is asked for.

Rules: nothing here holds the interpreter for long, so that an event loop in another thread keeps its beat (libvips and
Pillow's encoders to a file let go of it); no metadata is written.
"""
