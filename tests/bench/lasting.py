"""Whether the memory of one server stays bounded, over many reruns by readers who come and go.

Streamlit's own collection after each rerun is switched off (`runner.postScriptGC`): what Python collects by itself must
do. The first reruns fill caches of bounded size, so the yardstick is what is held after them.
"""

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.homes import sample_home
from tests.bench.line import Line, against
from tests.browser.harness import serve
from tests.browser.wire import Wire
from tests.load_40 import addresses

RERUNS = int(os.environ.get("BENCH_RERUNS", "20000"))
A_SESSION = 200
AT_ONCE = 5
TOLD_AFTER = (0.1, 0.25, 0.5, 1)
"""Shares of all reruns."""


def measure(folder: Path) -> Iterator[Line]:
    """Yield the memory of the server after more and more reruns of all pages, in four views each."""
    home = sample_home(folder.parent)
    stops = [round(share * RERUNS) for share in TOLD_AFTER]
    with serve(home, folder / "log") as url:
        process = _process(url)
        first: list[float] = []
        for done in _reruns(url, stops):
            held = [_megabytes(process)]
            what = f"memory of the server after {done:,} reruns"
            if first:
                yield against(what, held, "MB", f"after {stops[0]:,}", first, at_most=1.1)
            else:
                first = held
                yield Line(what, held, "MB")


def _reruns(url: str, stops: list[int]) -> Iterator[int]:
    """Let readers open one address after the other; yield at each of the `stops` how many reruns there were."""
    chance, offered = random.Random("bench"), addresses()  # noqa: S311  who opens what is no secret
    readers: list[tuple[Wire, int]] = []
    done = 0
    while done < stops[-1]:
        if len(readers) < AT_ONCE:
            # They do not all leave at once.
            readers.append((Wire(url), done + chance.randint(A_SESSION // 2, A_SESSION * 3 // 2) * AT_ONCE))
        for reader, _ in readers:
            page, query = chance.choice(offered)
            reader.run(page, query=query)
            done += 1
            if done in stops:
                yield done
        for reader, until in readers:
            if done >= until:
                reader.close()
        readers = [(reader, until) for reader, until in readers if done < until]
    for reader, _ in readers:
        reader.close()


def _process(url: str) -> int:
    port = url.rsplit(":", 1)[1]
    found = subprocess.run(["pgrep", "-f", f"server.port={port}"], check=True, capture_output=True, text=True)
    return int(found.stdout.split()[0])


def _megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000
