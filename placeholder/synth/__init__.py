"""Drawings: pure functions of the URL. One file a drawing, each with its Spec, `parse` and `draw`; `catalogue` lists them."""
