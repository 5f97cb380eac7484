"""Whether the program is well, for the administrator: what is wrong comes first, each with what to do about it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from etl.doctor import examine, least_free_bytes
from etl.events import last_faults
from etl.home import home, warehouse_path
from etl.state import backed_up_at, room, versions
from etl.warehouse import current_path
from pages.shared import queries
from pages.shared.filters import only_through_dashboard, text
from pages.shared.process import STARTED_AT, memory_bytes, sessions
from pages.shared.text import plain
from pages.shared.timings import SLOW_S, timings
from pages.shared.work import do

PUBLICATIONS_AHEAD = 5
"""The disk is said to fill up while there is still room for so many publications."""

MOST_MEMORY_BYTES = 1_500_000_000
"""Of the 2 GB at which the service is ended (docs/running/child-dashboard.service)."""

BACKUP_HOURS = 48
"""A nightly backup may fail once before it is called missing."""

FAULT_HOURS = 24
MOST_SLOW = 10

only_through_dashboard()
t = text()
folder = home()
now = datetime.now(UTC).replace(tzinfo=None)


class Check(NamedTuple):
    """A line of the page: the text `system.<name>` tells of it with `said`, `system.<name>.todo` where it is wrong."""

    name: str
    wrong: bool
    said: str


def megabytes(count: int) -> str:
    """Return bytes in words."""
    return f"{t.number(count / 1e6)} MB"


def moment(at: datetime | None) -> str:
    """Return a moment in UTC as the province's own time, or that there is none."""
    return t("system.never") if at is None else t.moment(at)


disk, memory, backup, asked = room(folder), memory_bytes(), backed_up_at(folder), timings()
version = queries.version()
reports = queries.waiting_reports() if version else None
outdated = warehouse_path(folder).exists() and current_path(folder) is None
slow = [q for q in asked if q.worst_s >= SLOW_S]
faults = last_faults()
recent = [f for f in faults if now - f.at < timedelta(hours=FAULT_HOURS)]
checks = [
    Check("received", False, moment(reports["last_received_at"] if reports is not None else None)),
    Check("published", False, moment(datetime.fromtimestamp(version[0] / 1e9, UTC) if version else None)),
    Check(
        "waiting",
        False,
        t("system.waiting.said", waiting=t.number(reports["waiting"]), held=t.number(reports["held"]))
        if reports is not None
        else t("system.never"),
    ),
    Check("rules", outdated, t(f"system.rules.{'outdated' if outdated else 'current'}")),
    Check("backup", backup is None or now - backup > timedelta(hours=BACKUP_HOURS), moment(backup)),
    Check(
        "disk",
        disk.free < PUBLICATIONS_AHEAD * least_free_bytes(folder),
        t(
            "system.disk.said",
            free=megabytes(disk.free),
            archive=megabytes(disk.archive),
            warehouse=megabytes(disk.warehouse),
            public=megabytes(disk.public),
        ),
    ),
    Check(
        "memory",
        (memory or 0) > MOST_MEMORY_BYTES,
        t("system.unknown") if memory is None else megabytes(memory),
    ),
    Check("sessions", False, t.number(sessions())),
    Check(
        "queries",
        any(q.median_s >= SLOW_S for q in asked),
        t(
            "system.queries.said",
            slow=t.number(len(slow)),
            asked=t.number(len(asked)),
            limit=t.number(SLOW_S, 1),
            since=t.moment(STARTED_AT),
        ),
    ),
    Check("faults", bool(recent), t("system.faults.said", recent=len(recent), since=t.moment(STARTED_AT))),
]
wrong = [check for check in checks if check.wrong]

st.header(t("system.wrong", count=len(wrong)) if wrong else t("system.well"))
for check in wrong:
    what, todo = t(f"system.{check.name}"), t(f"system.{check.name}.todo")
    st.warning(f"**{what}: {check.said}.** {todo}", icon=":material/build:")
st.table(
    pd.DataFrame(
        {
            "sign": [":material/build:" if check.wrong else ":material/check_circle:" for check in checks],
            "name": [f"**{t(f'system.{check.name}')}**" for check in checks],
            "said": [check.said for check in checks],
        }
    ),
    border="horizontal",
    hide_index=True,
    hide_header=True,
)
if slow:
    st.subheader(t("system.slow"))
    st.dataframe(
        pd.DataFrame(
            {
                t("system.column.question"): [q.question for q in slow[:MOST_SLOW]],
                t("system.column.times"): [q.times for q in slow[:MOST_SLOW]],
                t("system.column.median"): [round(1000 * q.median_s) for q in slow[:MOST_SLOW]],
                t("system.column.worst"): [round(1000 * q.worst_s) for q in slow[:MOST_SLOW]],
                t("system.column.last"): [t.moment(q.last_at) for q in slow[:MOST_SLOW]],
            }
        ),
        hide_index=True,
    )
if faults:
    st.subheader(t("system.last_faults"))
    st.dataframe(
        pd.DataFrame(
            {
                t("system.column.at"): [t.moment(f.at) for f in faults],
                t("system.column.error"): [f.error for f in faults],
                t("system.column.place"): [f.place for f in faults],
            }
        ),
        hide_index=True,
    )

st.subheader(t("system.doctor"))
st.markdown(t("system.doctor.how"))
if st.button(t("system.doctor.examine"), icon=":material/stethoscope:"):
    findings = do(lambda progress: examine(folder, progress=progress), t("system.doctor.examining"))
    if not findings:
        st.success(t("system.doctor.well"), icon=":material/check_circle:")
    for finding in findings:
        show = st.error if finding.severity == "error" else st.warning
        mended = t("system.doctor.repair") if finding.repairable else ""
        show(f"{plain(t.pick(finding.message_vi, finding.message_en))} {mended}")
known: dict[str, Any] = {**versions()}
st.caption(t("system.versions", **known))
