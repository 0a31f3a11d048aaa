#!/usr/bin/env python3
"""Compares the reading of pages with trafilatura on the same pages, in CPU seconds of one core.

Not a part of CI: `extractors/benches/peer.py` installs the peer from PyPI into a folder below the temporary one, runs the bench
`reading` on all sets of HTML, has the peer take the text from the same pages, and prints how many times as many
pages a second go from bytes to facts here.
"""
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import venv

PEER = ["trafilatura==2.3.1", "lxml==6.1.3", "lxml_html_clean"]
FOLDER = pathlib.Path(tempfile.gettempdir()) / "bellwether-peer"
ROUNDS = 3


def measure(folder):
    """Pages a second of the peer for each set below the folder; runs inside the peer's own environment."""
    import trafilatura

    logging.disable(logging.CRITICAL)
    for pages in sorted(pathlib.Path(folder).iterdir()):
        bodies = [path.read_bytes() for path in sorted(pages.glob("*.html"))]
        best = float("inf")
        for _ in range(ROUNDS):
            started = time.process_time()
            for body in bodies:
                trafilatura.extract(body)
            best = min(best, time.process_time() - started)
        print(pages.name, len(bodies) / best)


def compare():
    """Runs both and prints the ratios."""
    python = FOLDER / "bin/python"
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEER], check=True)
    with tempfile.TemporaryDirectory() as pages:
        command = ["cargo", "bench", "-q", "-p", "bellwether-extractors", "--bench", "reading", "--", "all"]
        bench = subprocess.run(command, env={**os.environ, "BENCH_PAGES": pages}, stdout=subprocess.PIPE, text=True, check=True)
        ours = {line.split()[0]: float(line.split()[2]) for line in bench.stdout.splitlines() if " all " in line}
        peer = subprocess.run([python, __file__, pages], stdout=subprocess.PIPE, text=True, check=True)
    print(f"{'pages':<16} {'bytes to facts':>16} {'trafilatura':>12} {'ratio':>7}")
    for line in peer.stdout.splitlines():
        name, rate = line.split()
        print(f"{name:<16} {ours[name]:>14.0f}/s {float(rate):>10.1f}/s {ours[name] / float(rate):>7.1f}")


measure(sys.argv[1]) if len(sys.argv) > 1 else compare()
