"""The front door of a checkout: `python cli.py …` is `memorial …`."""

from geo.commands import main

main()
