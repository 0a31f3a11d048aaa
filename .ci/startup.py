#!/usr/bin/env python3
"""Measures how long the program takes to start: the median of twenty runs of `--version` must stay below 100 ms."""
import statistics
import subprocess
import sys
import time

LIMIT_SECONDS = 0.1


def run(program):
    started = time.perf_counter()
    subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


median = statistics.median(run(sys.argv[1]) for _ in range(20))
print(f"starts in {median * 1000:.1f} ms (limit {LIMIT_SECONDS * 1000:.0f} ms)")
sys.exit(median >= LIMIT_SECONDS)
