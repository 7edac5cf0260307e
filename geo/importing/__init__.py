"""Other people's tables into an atlas: guessed where it can be corrected, repaired where nothing is guessed.

A row is taken, set aside, or left out by decision; a cell that cannot be read is left out, and its row stays. The
account of an import names every one of them, and adds up.
"""
