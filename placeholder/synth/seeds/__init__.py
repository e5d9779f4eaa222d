"""Looks that `/seed/{seed}/{w}x{h}?style&theme` can have besides its own (synth/seed.py). One file a look; `album` lists them."""
