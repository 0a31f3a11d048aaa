#!/usr/bin/env python3
"""Documents made to be slow or large: each must be read within two seconds of CPU and 256 MiB. Standard library only.

    hostile.py PROGRAM

Exit 1 where one takes more, or where the program does not print one document.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

SECONDS = 2.0
MEBIBYTES = 256
MILLION = 1_000_000


def documents():
    """Names, and what makes the bytes: one at a time, for a child is counted as large as its parent was."""
    head, tail = b"<!DOCTYPE html><html><body>", b"</body></html>"
    sentence = "台灣12月出口624.8億美元，年增43.4%，".encode()
    return {
        "digits.txt": lambda: b"9" * (10 * MILLION),
        "digits.html": lambda: head + b"<p>" + b"9" * (10 * MILLION) + b"</p>" + tail,
        "grouped-digits.txt": lambda: b"1," * (5 * MILLION),
        "han-digits.txt": lambda: "一二三四五六七八九".encode() * (10 * MILLION // 27),
        "han-units.txt": lambda: "萬億兆".encode() * (10 * MILLION // 9),
        "periods.txt": lambda: "2025年12月".encode() * (10 * MILLION // 14),
        "one-sentence.txt": lambda: sentence * (10 * MILLION // len(sentence)),
        "many-sentences.txt": lambda: (sentence + "。\n".encode()) * (10 * MILLION // (len(sentence) + 4)),
        "english.txt": lambda: b"Exports rose 8.1 per cent to US$51.2 billion in December, " * (10 * MILLION // 58),
        "partners.txt": lambda: "對美國、日本、".encode() * (10 * MILLION // 21),
        "quotes.txt": lambda: "「".encode() * (3 * MILLION),
        "brackets.txt": lambda: b"(" * (10 * MILLION),
        "announcements.txt": lambda: "商务部公告2025年第57号".encode() * (10 * MILLION // 30),
        "speakers.txt": lambda: "部長王小明表示，".encode() * (10 * MILLION // 24),
        "markdown-table.md": lambda: b"|" * (5 * MILLION) + b"\n|---|\n",
        "markdown-nested.md": lambda: b"> " * 100_000 + b"x",
        "markdown-brackets.md": lambda: b"[" * (2 * MILLION),
        "tabs.txt": lambda: b"1\t" * (5 * MILLION),
        "nested.html": lambda: head + b"<div>" * 200_000 + tail,
        "nested-inline.html": lambda: head + b"<b><i>" * 100_000 + tail,
        "nested-tables.html": lambda: head + b"<table><tr><td>" * 66_000 + tail,
        "nested-lists.html": lambda: head + b"<ul><li>" * 100_000 + tail,
        "fonts.html": lambda: head + b"<font size=1><p>" * 50_000 + tail,
        "attributes.html": lambda: head + b"<p " + b"".join(b"a%d=1 " % number for number in range(MILLION)) + b">x</p>" + tail,
        "same-attributes.html": lambda: head + b"<p " + b"a=1 " * MILLION + b">x</p>" + tail,
        "spans.html": lambda: head + b"<table>" + b"<tr><td rowspan=65534 colspan=1000>1</td></tr>" * 50_000 + b"</table>" + tail,
        "scripts.html": lambda: head + b"<script type='application/ld+json'>" + b"[" * (2 * MILLION) + b"</script>" + tail,
        "comments.html": lambda: head + b"<!--" * (2 * MILLION) + tail,
        "entities.html": lambda: head + b"&amp" * (2 * MILLION) + tail,
        "links.html": lambda: head + b"<a href=/x>x</a>" * 300_000 + tail,
        "pushes.html": lambda: head + b"<div id=main-content class=bbs-screen>" + b"<div class=push><span class=push-tag>x</span></div>" * 100_000 + tail,
        "feed.xml": lambda: b"<rss><channel>" + b"<item><title>x</title></item>" * 200_000 + b"</channel></rss>",
        "nul.html": lambda: b"\0" * (10 * MILLION),
        "high-bytes.html": lambda: bytes([0xA4, 0x40]) * (5 * MILLION),
    }




def run(program, path):
    """What the program printed, its CPU seconds and its largest resident size in MiB."""
    # What takes five times as long as it may is stopped, and has failed.
    process = subprocess.Popen([program, "extract", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS * 5), int(SECONDS * 5))))
    printed = process.stdout.read()
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return printed, told, process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, make in documents().items():
            path = pathlib.Path(folder) / name
            path.write_bytes(make())
            printed, told, status, seconds, mebibytes = run(program, path)
            lines = printed.splitlines()
            reads = status in (0, 1) and len(lines) == 1 and "document" in json.loads(lines[0])
            good = reads and seconds <= SECONDS and mebibytes <= MEBIBYTES
            failed += not good
            print(f"{'ok' if good else 'FAIL':6}{name:24}{seconds:6.2f} s of CPU {mebibytes:7.0f} MiB  exit {status}")
            if not reads:
                print(told.decode(errors="replace")[-500:])
            path.unlink()
    print(f"{len(documents()) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
