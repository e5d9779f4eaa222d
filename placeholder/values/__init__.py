"""Checked, canonical values and the grammar of our URLs, each beside the rule it comes from. Pure."""
