"""`python -m benchmarks`, which is what `make bench` runs: the processes of a server that it starts
import what a server needs, and not all the benchmarks, as they would from a module run by name.
"""

import sys

from benchmarks.bench import main

if __name__ == "__main__":
    sys.exit(main())
