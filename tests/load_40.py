"""Many readers at once, while reports are loaded: `python -m tests.load_40 --sessions 40 --seconds 300`.

Each session speaks Streamlit's own protocol over a WebSocket, as a browser does, and follows one link after the other
(another page, period or unit) with pauses between. Meanwhile corrected reports are published, from another process.
Beforehand every address was read quietly in each of these states: whatever a session then sees must be, element for
element, what was there in the state that the page names. The last line tells in JSON how long answers took; the exit
code is 1 where a page showed an error or a mixed state.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from etl.definitions import load
from etl.demo import make_report
from etl.template import write_form
from tests.browser.harness import serve
from tests.browser.wire import Wire

PERIOD = "2024"
PAGES = {
    "": [{}],
    "chi-tieu": [{"indicator": i} for i in ("insurance_under6", "preschool_age5")],
    "ban-do": [{"indicator": "insurance_under6"}],
    "khoang-trong": [{"indicator": "insurance_under6"}],
    "diem-vui-choi": [{}],
    "xa-phu-hop-voi-tre-em": [{}],
    "bao-ve-tre-em": [{}],
    "ho-so-xa": [{"unit": "", "indicator": "insurance_under6"}],
    "nhiem-vu": [{}],
    "tinh-hinh-bao-cao": [{}],
    "chat-luong-so-lieu": [{}],
    "phan-tich": [{"what": "insurance_under6"}],
    "trinh-chieu": [{}],
}
STATE = re.compile(r"bản số liệu số ([\d.]*\d)")
"""How a page's source line names the state of the data."""
VOLATILE = {"deferred_file_id", "uuid", "has_one_shot_effect", "set_value", "raw_value", "raw_values"}
"""Fields that say nothing to a reader: drawn by lot, or whether and to what the program set a widget this time."""
STYLE = re.compile(r"#T_[0-9a-f]+")
"""The name of a styled table, drawn by lot too."""


@dataclass
class Seen:
    """What one run of a page sent: the state that it names, its elements by their place, and how long it took."""

    state: str | None
    elements: dict[str, str]
    errors: list[str]
    seconds: float


@dataclass
class Findings:
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    mixed: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)


def addresses() -> list[tuple[str, str]]:
    """Return the pages with their queries, in two periods and both kinds of units."""
    definitions = load()
    # A profile shows when its reports came, and the corrected ones come at another time: so the last unit's.
    units = {unit.vintage: unit.code for unit in definitions.units.values()}
    found = []
    for page, queries in PAGES.items():
        for query in queries:
            for period, vintage in (("2023", "2021"), (PERIOD, "2021"), (PERIOD, "2025")):
                asked = query | ({"unit": units[vintage]} if "unit" in query else {})
                found.append((page, urlencode({"lang": "vi", "period": period, "units": vintage, **asked})))
    return found


def content(message: Message) -> object:
    """Return what a message says, without what is this session's own."""
    told: dict[str, object] = {}
    for descriptor, value in message.ListFields():
        if descriptor.name in VOLATILE:
            continue
        if descriptor.message_type is None:
            told[descriptor.name] = STYLE.sub("#T", str(value))
        elif hasattr(value, "items"):
            told[descriptor.name] = sorted(f"{k}: {v}" for k, v in value.items())
        elif isinstance(value, Message):
            told[descriptor.name] = content(value)
        else:
            told[descriptor.name] = [content(part) for part in value]
    return told


def follow(wire: Wire, page: str, query: str) -> Seen:
    """Follow a link and return what came."""
    began = time.perf_counter()
    got = wire.run(page, query=query)
    seconds = time.perf_counter() - began
    elements = {
        ".".join(map(str, m.metadata.delta_path)): json.dumps(content(m.delta), ensure_ascii=False, sort_keys=True)
        for m in got.messages
        if m.WhichOneof("type") == "delta"
    }
    named = [found.group(1) for said in elements.values() if (found := STATE.search(said))]
    errors = [str(e) for e in got.of("exception")]
    if (ended := got.of_type("script_finished")[-1]) != ForwardMsg.FINISHED_SUCCESSFULLY:
        errors.append(f"the script ended: {ended}")
    return Seen(named[-1] if named else None, elements, errors, seconds)


def read_all(url: str) -> dict[tuple[str, str], Seen]:
    """Read every address once, alone."""
    found = {}
    for page, query in addresses():
        with Wire(url) as wire:
            found[page, query] = follow(wire, page, query)
    return found


def corrected_reports(folder: Path, count: int) -> list[Path]:
    """Write reports in which fewer children are insured than before."""
    definitions = load()
    period = definitions.periods[PERIOD]
    paths = []
    for n, unit in enumerate([u for u in definitions.units.values() if u.vintage == period.vintage][:count]):
        report = make_report(definitions, unit, period)
        report.figures[:] = [
            f._replace(value=f.value // 2) if f.measure == "under6_insured_on_time" and f.value else f
            for f in report.figures
        ]
        report.reported_on = period.due_on
        path = folder / f"{n}.xlsx"
        path.write_bytes(write_form(definitions, unit, period, report))
        paths.append(path)
    return paths


def publish(home: Path, report: Path) -> None:
    """Load a report in a process of its own, as a data officer at another machine would."""
    subprocess.run(
        [sys.executable, "-m", "etl", "load", str(report)],
        env=os.environ | {"CHILD_DASHBOARD_HOME": str(home)},
        check=True,
        capture_output=True,
    )


def quiet_truth(home: Path, reports: list[Path], log: Path) -> dict[tuple[str | None, str, str], Seen]:
    """Read every address in each state of the data, nobody else being there; faults in this are faults at once."""
    truth = {}
    with serve(home, log) as url:
        for report in [None, *reports]:
            if report:
                publish(home, report)
            for (page, query), seen in read_all(url).items():
                assert not seen.errors, (page, query, seen.errors)
                truth[seen.state, page, query] = seen
    return truth


def reader(url: str, truth: dict[tuple[str | None, str, str], Seen], until: float, seed: int, found: Findings) -> None:
    """Change what is looked at until the time is over, with pauses as of somebody who reads."""
    chance = random.Random(seed)  # noqa: S311
    offered = addresses()
    with Wire(url) as wire:
        time.sleep(chance.uniform(0, 5))
        page, query = chance.choice(offered)
        while time.monotonic() < until:
            if chance.random() < 0.3:
                page, query = chance.choice(offered)
            else:
                page, query = chance.choice([o for o in offered if o[0] == page])
            seen = follow(wire, page, query)
            found.seconds.append(seen.seconds)
            found.errors.update(seen.errors)
            found.states[str(seen.state)] += 1
            # The page for analysts adds what this session looked at before; all else must be there, and the same.
            quiet = truth[seen.state, page, query].elements
            if differing := [place for place, said in quiet.items() if seen.elements.get(place) != said]:
                found.mixed[f"/{page}?{query} in state {seen.state}: {', '.join(differing[:3])}"] += 1
            time.sleep(chance.uniform(3, 7))


def crowd(
    home: Path,
    reports: list[Path],
    log: Path,
    truth: dict[tuple[str | None, str, str], Seen],
    sessions: int,
    last: float,
) -> Findings:
    """Let the sessions read for `last` seconds while the reports are published one after the other."""
    found = Findings()
    with serve(home, log) as url, ThreadPoolExecutor(sessions) as threads:
        until = time.monotonic() + last
        readers = [threads.submit(reader, url, truth, until, seed, found) for seed in range(sessions)]
        for report in reports:
            time.sleep(last / (len(reports) + 1))
            publish(home, report)
        for one in readers:
            one.result()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--home", type=Path, required=True, help="a folder with the sample data; it is copied")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = corrected_reports(folder, 3)
        for copy in ("quiet", "crowd"):
            shutil.copytree(args.home, folder / copy)
        truth = quiet_truth(folder / "quiet", reports, folder / "quiet.log")
        print(f"{len(truth)} addresses and states read quietly", flush=True)
        found = crowd(folder / "crowd", reports, folder / "crowd.log", truth, args.sessions, args.seconds)
        complaints = (folder / "crowd.log").read_text(encoding="utf-8")
    for what, counted in (("error", found.errors), ("mixed", found.mixed)):
        for told, times in counted.most_common(10):
            print(f"{what}: {times} x {told[:500]}")
    failed = [line for line in complaints.splitlines() if '"event": "failed"' in line or "Traceback" in line]
    for line in failed[:10]:
        print(line)
    seconds = statistics.quantiles(found.seconds, n=100)
    result = {
        "reruns": len(found.seconds),
        "states": dict(found.states),
        "seconds": {"median": round(seconds[49], 3), "p95": round(seconds[94], 3), "p99": round(seconds[98], 3)}
        | {"most": round(max(found.seconds), 3)},
        "errors": found.errors.total(),
        "mixed": found.mixed.total(),
        "complaints": len(failed),
    }
    print(json.dumps(result))
    return int(bool(result["errors"] or result["mixed"] or result["complaints"]))


if __name__ == "__main__":
    sys.exit(main())
