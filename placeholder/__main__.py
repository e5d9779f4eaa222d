"""`python -m placeholder` is `placeholder`."""

from placeholder.cli import main

main()
