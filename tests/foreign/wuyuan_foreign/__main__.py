"""`python -m wuyuan_foreign --home DIR --server URL [--seed N] drive`, or `… vectors DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .drive import drive
from .vectors import run_vectors


def main() -> int:
    """Reads the arguments and does what they say."""
    parser = argparse.ArgumentParser(prog="wuyuan_foreign", description=__doc__)
    parser.add_argument("--home", type=Path, help="the phone's folder")
    parser.add_argument("--server", help="the server's address")
    parser.add_argument("--seed", type=int, help="makes all chance come from this number and a counter in the file")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("drive", help="read commands from standard input")
    vectors = commands.add_parser("vectors", help="check the conformance vectors")
    vectors.add_argument("path", type=Path, help="the folder of the vectors")
    given = parser.parse_args()
    if given.command == "vectors":
        return run_vectors(given.path)
    if given.home is None or given.server is None:
        parser.error("drive needs --home and --server")
    drive(given.home, given.server, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
