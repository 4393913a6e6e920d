"""Prints the benchmark table. Figures are ratios against a peer in the same run; nothing here passes or fails.

`python tests/benchmarks/run.py [NAME …]` runs the benchmarks of those names only.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.table import head, show

NAMES = ("codec", "start", "acceptor", "log", "store", "validation", "held", "profiles", "hostile")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    head()
    for name in names or NAMES:
        show(importlib.import_module(f"tests.benchmarks.bench_{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
