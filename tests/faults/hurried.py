"""`python server.py` for those who ask faster than any hand: the usual limits, and no pace."""

from __future__ import annotations

import sys
from functools import partial

import server
from cli import main
from dispatch.limits import NO_HURRY

if __name__ == "__main__":
    server.run = partial(server.run, limits=NO_HURRY)
    sys.exit(main(["server", *sys.argv[1:]]))
