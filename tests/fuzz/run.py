"""Fuzz for some minutes: `packaging/dev.py fuzz --minutes N [TARGET …]`.

Each target has a process of its own, guided by what code an input reaches (atheris, https://github.com/google/atheris).
Where atheris is not there, inputs are mutated without a guide. What is found is written below `.fuzz`: inputs that
reach something new, to go on with the next time, and those that break a target. To try one: `--input FILE TARGET`.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.mutate import mutations

FOUND = Path(".fuzz")
SLOWEST_SECONDS = 5
"""An input that takes longer than that holds up whoever reads it."""
MOST_BYTES = 1 << 16


def main() -> int:
    """Fuzz the targets in turn; returns 1 where something was found."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description=__doc__)
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="a function of tests/fuzz/targets.py; else all")
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together (%(default)s)")
    parser.add_argument("--input", type=Path, help="try this input and nothing else")
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seconds is not None:
        return _fuzz(options.targets[0], options.seconds)
    from tests.fuzz.targets import TARGETS

    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    names = options.targets or list(TARGETS)
    if options.input is not None:
        for name in names:
            TARGETS[name](options.input.read_bytes())
        return 0
    seconds = options.minutes * 60 / len(names)
    broken = []
    for name in names:
        print(f"{name}: {seconds:.0f} s", flush=True)
        command = [sys.executable, "-m", "tests.fuzz.run", "--seconds", str(seconds), name]
        if subprocess.call(command):
            broken.append(name)
    print(f"broken: {', '.join(broken)}; the inputs lie in {FOUND}" if broken else "nothing found")
    return 1 if broken else 0


def _fuzz(name: str, seconds: float) -> int:
    kept, broken = FOUND / name, FOUND / f"{name}-broken"
    for folder in (kept, broken):
        folder.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("atheris") is None:
        return _without_a_guide(name, seconds, broken)
    import atheris

    # Code is watched that is imported here for the first time.
    with atheris.instrument_imports(include=["parley", "tests.fuzz.targets"]):
        from tests.fuzz.targets import CORPUS, TARGETS
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={max(1, round(seconds))}",
            f"-timeout={SLOWEST_SECONDS}",
            f"-max_len={MOST_BYTES}",
            f"-artifact_prefix={broken}/",
            "-rss_limit_mb=2048",
            "-verbosity=0",
            "-print_final_stats=1",
            str(kept),
            str(CORPUS / name),
        ],
        TARGETS[name],
    )
    atheris.Fuzz()
    return 0


def _without_a_guide(name: str, seconds: float, broken: Path) -> int:
    from tests.fuzz.targets import CORPUS, TARGETS

    originals = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    end = time.monotonic() + seconds
    for data in mutations(originals, time.time_ns()):
        started = time.monotonic()
        if started > end:
            break
        try:
            TARGETS[name](data)
            is_slow = time.monotonic() - started > SLOWEST_SECONDS
        except BaseException:
            is_slow = None
        if is_slow is not False:
            (broken / f"{time.time_ns()}").write_bytes(data)
            print(f"{name}: {'too slow' if is_slow else 'broken'} by {data!r}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
