"""Generated files, hostile and honest, through `check` in little memory: `python -m tests.fuzz_10000 --files 10000`.

`check` runs as on the command line, in a process that a control group holds to 1 GiB with all its readers (where this
machine lets one be made; else their memory is only measured). It must neither fail nor be killed, must answer every
file in both languages, and must take no more than 10 seconds for any. The last line tells in JSON what happened.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from tests.fuzz_files import KINDS, files

MOST_BYTES = 1 << 30
MOST_SECONDS = 10
_GROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))
_CHECK = "--check"


def confine(most_bytes: int) -> bool:
    """Hold this process and those that it starts to so much memory together; tell whether the system lets it."""
    for root, limit in _GROUPS:
        with suppress(OSError):
            group = Path(root, f"fuzz_{os.getpid()}")
            group.mkdir()
            (group / limit).write_text(str(most_bytes))
            (group / "cgroup.procs").write_text(str(os.getpid()))
            return True
    return False


def check(folder: Path, out: Path) -> int:
    """Run `check` on a folder and write to `out` how long each file took, by its sha256."""
    confined = confine(MOST_BYTES)
    import etl.load
    from etl.__main__ import main
    from etl.readers import Readers

    seconds = {}

    class Timed(Readers):
        def read(self, content):
            start = time.perf_counter()
            reports = super().read(content)
            seconds[sha256(content).hexdigest()] = time.perf_counter() - start
            return reports

    etl.load.Readers = Timed
    code = main(["check", str(folder), "--format", "json"])
    out.write_text(json.dumps({"confined": confined, "seconds": seconds}))
    return code


def memory_bytes(process: int) -> int:
    """Return how much memory a process and those that it started have together."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    own = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    return own + sum(memory_bytes(int(child)) for child in children)


def watched(process: subprocess.Popen) -> int:
    """Wait for a process to end; return the most memory that was seen of it."""
    most = 0
    while process.poll() is None:
        with suppress(OSError, IndexError):
            most = max(most, memory_bytes(process.pid))
        time.sleep(0.02)
    return most


def write(folder: Path, count: int, seed: int) -> dict[str, tuple[str, str]]:
    """Write the files; return kind and digest of each by its name as `check` tells it."""
    made = {}
    for number in range(count):
        kind, name, content = files(seed, number)
        path = folder / name
        path.write_bytes(content)
        made[os.fsencode(path).decode(errors="backslashreplace")] = kind, sha256(content).hexdigest()
    return made


def fuzz(count: int, seed: int, home: Path) -> dict[str, object]:
    """Write so many files, check them, fail where anything is not as it must be; return what happened."""
    folder = home / "files"
    folder.mkdir()
    start = time.perf_counter()
    made = write(folder, count, seed)
    generated = time.perf_counter() - start
    start = time.perf_counter()
    command = [sys.executable, "-m", "tests.fuzz_10000", _CHECK, str(folder), str(home / "told.json")]
    environment = os.environ | {"CHILD_DASHBOARD_HOME": str(home / "home")}
    with (home / "answers.json").open("wb") as answers, (home / "said.txt").open("wb") as errors:
        process = subprocess.Popen(command, stdout=answers, stderr=errors, env=environment)
        most = watched(process)
    checked = time.perf_counter() - start
    for root, _ in _GROUPS:
        for group in Path(root).glob("fuzz_*"):
            with suppress(OSError):
                group.rmdir()
    said = (home / "said.txt").read_text(errors="replace")
    assert process.returncode == 1, f"exit code {process.returncode}: {said[-3000:]}"
    assert not said.strip(), said[-3000:]
    told = json.loads((home / "told.json").read_text())
    answered = json.loads((home / "answers.json").read_text())
    assert {a["file"] for a in answered} == set(made), "not every file was answered"
    rules: Counter[str] = Counter()
    statuses: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for answer in answered:
        errors = [p["rule"] for p in answer["problems"] if p["severity"] == "error"]
        assert (answer["status"] == "rejected") == bool(errors), answer
        assert all(p["message_vi"] and p["message_en"] for p in answer["problems"]), answer
        rules.update(set(errors))
        statuses[made[answer["file"]][0]][answer["status"]] += 1
    by_kind: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, digest in made.values():
        by_kind[kind].append(told["seconds"][digest])
    every = sorted(s for own in by_kind.values() for s in own)
    longest = {kind: round(max(own), 2) for kind, own in by_kind.items() if own}
    result = {
        "files": count,
        "seed": seed,
        "confined": told["confined"],
        "peak_mb": most >> 20,
        "generated_s": round(generated),
        "checked_s": round(checked),
        "median_s": round(every[len(every) // 2], 3),
        "p95_s": round(every[int(0.95 * len(every))], 3),
        "p99_s": round(every[int(0.99 * len(every))], 3),
        "longest_s": longest,
        "statuses": {kind: dict(sorted(c.items())) for kind, c in statuses.items()},
        "rules": dict(rules.most_common(60)),
    }
    assert every[-1] <= MOST_SECONDS, result
    assert most < MOST_BYTES, result
    return result


def main() -> int:
    if sys.argv[1:2] == [_CHECK]:
        return check(Path(sys.argv[2]), Path(sys.argv[3]))
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(fuzz(args.files, args.seed, Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
