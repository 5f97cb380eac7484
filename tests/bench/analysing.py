"""How long the page "Phân tích" works in its own code, without any cache: question, pivot, table and chart."""

import os
from collections.abc import Iterator
from pathlib import Path

from pages.shared import queries
from pages.shared.analysis import charts
from pages.shared.analysis.answer import fulfilling, rows_of
from pages.shared.analysis.choice import Choice, choice_of, known_items, question_of
from pages.shared.analysis.drawing import drawn
from pages.shared.analysis.pivot import pivoted
from pages.shared.analysis.table import shown_table
from pages.shared.text import text_of
from tests.bench.line import Line, seconds

RUNS = 7
ADDRESSES = {
    "one indicator, 111 communes": {},
    "two indicators, two years, two conditions": {
        "what": "insurance_under6,preschool_age5",
        "periods": "2023,2024",
        "groups": "ethnic_minority",
        "if": "insurance_under6:ethnic_minority:missed,preschool_age5:ethnic_minority:missed",
    },
    "three counts, one masked, by district": {"what": "pupils,children_under6,injury_cases", "rows": "district"},
    "all 16 indicators, 111 communes": {"what": ",".join(known_items("2024")[:16])},
    "5 indicators, 5 years, 4 groups: 8,880 figures": {
        "what": ",".join(known_items("2024")[:5]),
        "periods": "2020,2021,2022,2023,2024",
        "groups": "total,female,ethnic_minority,disabled",
    },
}


def analysis_lines(home: Path) -> Iterator[Line]:
    """Yield the whole work for each of several questions on the data in `home`."""
    t = text_of("vi")
    os.environ["CHILD_DASHBOARD_HOME"] = str(home)
    with queries.frozen(approved_only=False):
        for name, address in ADDRESSES.items():
            choice = choice_of(address, "2024", "2021")

            def answer(choice: Choice = choice) -> None:
                rows = rows_of(queries.analysis(**question_of(choice)), choice)
                kept = fulfilling(rows, choice).units
                pivot = pivoted([r for r in rows if r["unit_code"] in kept], choice)
                shown_table(pivot, t).to_html()
                charts.chart(drawn(pivot, rows, t), t).to_json()

            yield Line(f"/phan-tich, its own work: {name}", [1000 * s for s in seconds(answer, RUNS)], "ms")
    del os.environ["CHILD_DASHBOARD_HOME"]
