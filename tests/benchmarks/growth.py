"""How time and memory grow with samples, cycles and the way of writing: ``python tests/benchmarks/growth.py``.

Each size runs in a process of its own. Time is that of `CohortModel.run` once compiled; memory is the process' peak,
and in brackets what it was before the run, with the draws in it. Last, the first call of all, which compiles, and the
first call of a process that finds the compiled code on disk.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def peak():
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(samples, months, written):
    """One run of the seven-state model."""
    from tests import workloads

    model, draws = workloads.disability(months, written), workloads.draw_disability(samples)
    begin = time.perf_counter()
    model.run(draws.isel(sample=slice(0, 10)))
    first = time.perf_counter() - begin
    before, begin = peak(), time.perf_counter()
    model.run(draws)
    return {"first": first, "seconds": time.perf_counter() - begin, "before": before, "peak": peak()}


def measured(samples, months, written="time.cycle", **environment):
    """The same in a process of its own."""
    command = [sys.executable, __file__, str(samples), str(months), written]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **environment}
    )
    return json.loads(done.stdout)


def main():
    """A table of sizes."""
    from tests import workloads

    print(f"{'draws':>9} {'cycles':>6} {'seconds':>8} {'µs/draw/cycle':>14}  peak MB (before)  death rate written as")
    sizes = [(n, 480, "time.cycle") for n in (1_000, 10_000, 100_000)] + [(10_000, n, "time.cycle") for n in (120, 960)]
    for samples, months, written in [*sizes, *((1_000_000, 480, written) for written in workloads.HAZARDS)]:
        done = measured(samples, months, written)
        each = 1e6 * done["seconds"] / samples / months
        size, seconds = f"{samples:>9,} {months:>6}", f"{done['seconds']:>8.3f} {each:>14.4f}"
        print(f"{size} {seconds}  {done['peak']:.0f} ({done['before']:.0f})  {written}")
    with tempfile.TemporaryDirectory() as empty:
        for what in ("that compiles", "with compiled code on disk"):
            print(f"first call {what}: {measured(10, 480, NUMBA_CACHE_DIR=empty)['first']:.2f} s")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
    else:
        main()
