"""`python -m willing` is the command `willing`."""

from willing.cli import main

main()
