#!/usr/bin/env python3
"""How much memory fifty thousand resources on five thousand hosts take in one process.

A small web on loopback has a host for each address from 127.1.0.1 on; each has one listing that names its pages. The
program follows all listings; when all pages have been fetched, its memory and the largest it ever was are printed.

    .ci/scale.py target/release/bellwether [HOSTS] [PAGES]

Exit status 1: it took more than 512 MiB, or a page was not fetched.
"""

import asyncio
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

LIMIT_MIB = 512


def address(number):
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


class Web:
    def __init__(self, pages):
        self.pages, self.asked, self.page_paths = pages, 0, set()

    async def serve(self, reader, writer):
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                host = writer.get_extra_info("sockname")[0]
                self.asked += 1
                status, body = "200 OK", b""
                if path == "/robots.txt":
                    status = "404 Not Found"
                elif path == "/":
                    links = "".join(f'<li><a href="/{n}">Exports of part {n}</a></li>' for n in range(self.pages))
                    body = f"<html><body><main><ul>{links}</ul></main></body></html>".encode()
                else:
                    self.page_paths.add((host, path))
                    body = f"<html><body><main><h1>Part {path}</h1><p>No figure here, {host}.</p></main></body></html>".encode()
                head = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def memory(pid):
    """MiB now, and at most."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return int(values["VmRSS"]) / 1024, int(values["VmHWM"]) / 1024


async def main():
    binary = sys.argv[1]
    hosts = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    pages = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    web = Web(pages)
    server = await asyncio.start_server(web.serve, "0.0.0.0", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        allowed = ", ".join(f'"{address(n)}:{port}"' for n in range(hosts))
        sources = "".join(
            f'[[source]]\nid = "s{n}"\nkind = "listing"\nurl = "http://{address(n)}:{port}/"\nevery = "1h"\n'
            for n in range(hosts)
        )
        config = f'[crawler]\ngap = "100ms"\nallow_private = [{allowed}]\n[serve]\nlisten = "127.0.0.1:0"\n{sources}'
        (pathlib.Path(folder) / "sources.toml").write_text(config)
        began = time.monotonic()
        process = subprocess.Popen([binary, "--config", folder, "run"], stderr=subprocess.DEVNULL)
        wanted, known, still = hosts * pages, -1, 0
        while len(web.page_paths) < wanted and process.poll() is None and still < 120:
            await asyncio.sleep(1)
            still = still + 1 if len(web.page_paths) == known else 0
            known = len(web.page_paths)
        took = time.monotonic() - began
        # What was fetched last is read.
        await asyncio.sleep(20)
        now, most = memory(process.pid)
        asked = web.asked
        await asyncio.sleep(20)
        later, _ = memory(process.pid)
        idle = web.asked - asked
        asked_to_end = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(process.wait)
        ending = time.monotonic() - asked_to_end
        resources = hosts * (pages + 1)
        print(f"{resources} resources on {hosts} hosts: all {known} of {wanted} pages after {took:.0f} s")
        print(f"memory: {now:.0f} MiB, {later:.0f} MiB after a rest with {idle} requests, {most:.0f} MiB at most")
        print(f"ended with {status} {ending:.1f} s after SIGTERM")
        server.close()
        sys.exit(0 if most <= LIMIT_MIB and known == wanted and status == 0 and ending < 10 else 1)


asyncio.run(main())
