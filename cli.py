"""The front door of a checkout: `python cli.py …` is `memorial …`."""

from geo.commands import main

if __name__ == "__main__":  # a process that this one starts looks into this file, and must not start another one
    main()
