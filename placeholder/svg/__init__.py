"""SVG as text: the markup that pictures are made of, and type set as outlines. Pure."""
