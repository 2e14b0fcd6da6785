"""The command `gigastt`: the program of this package takes the place of the process."""

import os
import pathlib
import sys


def main() -> None:
    program = pathlib.Path(__file__).resolve().parent / "program" / "gigastt"
    os.execv(program, ["gigastt", *sys.argv[1:]])
