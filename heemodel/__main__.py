"""`python -m heemodel` is the command `heemodel`."""

from heemodel.cli import main

main()
