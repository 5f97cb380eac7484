"""The server's log: every line is one JSON object, tells what happened, and nothing of what people sent or typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SAID = ["Hương", "huong.nt", "example.vn", "0912345678", "748213", "Phòng", "đính chính", "/home/"]
"""A name, an address, a number to call, a figure, an office, a reason, somebody's folder."""

SCRIPT = """
import logging, sys, threading, warnings
import streamlit as st
from hashlib import sha256
from pathlib import Path
from streamlit.logger import get_logger
from etl import events
from etl.archive import Incoming
from etl.decisions import Decision
from etl.home import home
from etl.load import decide, load_reports

assert st.get_option("logger.messageFormat") == "%(message)s"
events.refused_sign_in()  # a command does not log
events.log_as_json()
report = Incoming("/home/Hương huong.nt@example.vn.xlsx", Path(sys.argv[1]).read_bytes())
wrong = Incoming("0912345678.csv", "unit_code,period,measure,group,value\\nHương,2021,x,total,748213".encode())
answers = load_reports([report, wrong], home())
submission = sha256(report.content).hexdigest()[:16] + ".0"
about = {"submission_id": submission, "reason": "đính chính 748213"}
decide([Decision("approved", "Phòng Hương", "2021", answers[0].unit_code, **about)], home())
events.started(works=True, seconds=1.0, versions={"program": "0.1.0", "streamlit": "Hương"})
events.slow_query(question="overview", seconds=0.75)
events.refused_sign_in()
events.refused_right(role="huong.nt@example.vn", right="decide")

def fail():
    raise ValueError("Hương huong.nt@example.vn 0912345678 748213")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
try:
    fail()
except ValueError as error:
    get_logger("streamlit.error_util").error("Uncaught app execution", exc_info=error)
    get_logger("streamlit.later").warning("of %s", "Hương")
logging.getLogger("another").error(f"huong.nt@example.vn {748213}")
warnings.warn("huong.nt@example.vn")
events.stopped()
assert [fault.error for fault in events.last_faults()] == ["ValueError", "ValueError"]
assert "Hương" not in str(events.last_faults())
fail()
"""


def test_the_log_tells_what_happened_and_nothing_of_people(demo_reports, demo_home, tmp_path) -> None:
    assert demo_home.exists()
    report = min(demo_reports.rglob("*2021.xlsx"))
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, report],
        cwd=PROJECT,
        env=os.environ | {"CHILD_DASHBOARD_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert not [word for word in SAID if word in ran.stderr + ran.stdout]
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert all({"at", "level", "event"} <= line.keys() and line["at"].endswith("+00:00") for line in lines)
    told = [line["event"] for line in lines]
    assert told == [
        *("published", "loaded", "published", "decided", "started", "slow_query", "refused_sign_in", "refused_right"),
        *("failed", "failed", "library", "library", "warned", "stopped", "failed"),
    ]
    by_event = {line["event"]: line for line in lines}
    loaded, decided = by_event["loaded"], by_event["decided"]
    assert (loaded["files"], loaded["accepted"], loaded["rejected"]) == (2, 1, 1)
    assert (decided["action"], decided["count"]) == ("approved", 1)
    assert (by_event["published"]["reports"], by_event["published"]["decisions"]) == (2, 1)
    assert (by_event["slow_query"]["question"], by_event["slow_query"]["ms"]) == ("overview", 750)
    assert (by_event["refused_right"]["role"], by_event["refused_right"]["right"]) == ("?", "decide")
    assert by_event["failed"]["error"] == "ValueError"
    assert [frame.rpartition(":")[2] for frame in by_event["failed"]["frames"]] == ["<module>", "fail"]
