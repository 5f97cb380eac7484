"""How fast the page "Phân tích" answers on the server: `python -m tests.benchmark_analysis`. Printed, never asserted.

Needs a warehouse (`python -m etl demo`). The page's own work alone, without Streamlit's: question, conditions, pivot,
table, chart, each without any cache.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from pages.shared import analysis, analysis_charts, queries
from pages.shared.analysis_drawing import drawing
from pages.shared.analysis_table import shown_table
from pages.shared.text import text_of

RUNS = 15
ADDRESSES = {
    "one indicator, 111 communes": {},
    "two indicators, two years, two conditions": {
        "what": "insurance_under6,preschool_age5",
        "periods": "2023,2024",
        "groups": "ethnic_minority",
        "if": "insurance_under6:ethnic_minority:missed,preschool_age5:ethnic_minority:missed",
    },
    "three counts, one masked, by district": {"what": "pupils,children_under6,injury_cases", "rows": "district"},
    "all 16 indicators, 111 communes": {"what": ",".join(analysis.known_items("2024")[:16])},
    "5 indicators, 5 years, 4 groups: 8,880 figures": {
        "what": ",".join(analysis.known_items("2024")[:5]),
        "periods": "2020,2021,2022,2023,2024",
        "groups": "total,female,ethnic_minority,disabled",
    },
}


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return 1000 * median(times)


def main() -> None:
    t = text_of("vi")
    print(f"{'ms, median of ' + str(RUNS):50}{'question':>10}{'pivot':>8}{'table':>8}{'chart':>8}{'all':>8}")
    with queries.frozen(approved_only=False):
        for name, address in ADDRESSES.items():
            choice = analysis.choice_of(address, "2024", "2021")
            asked = analysis.question(choice)
            rows = analysis.rows_of(queries.analysis(**asked), choice)

            def turned(rows: list[analysis.Row] = rows, choice: analysis.Choice = choice) -> analysis.Pivot:
                kept = analysis.fulfilling(rows, choice).units
                return analysis.pivot([r for r in rows if r["unit_code"] in kept], choice)

            pivot = turned()
            parts = [
                milliseconds(lambda asked=asked, choice=choice: analysis.rows_of(queries.analysis(**asked), choice)),
                milliseconds(turned),
                milliseconds(lambda pivot=pivot: shown_table(pivot, t).to_html()),
                milliseconds(
                    lambda pivot=pivot, rows=rows: analysis_charts.chart(drawing(pivot, rows, t), t).to_json()
                ),
            ]
            print(f"{name:50}{parts[0]:10.0f}" + "".join(f"{part:8.0f}" for part in (*parts[1:], sum(parts))))


if __name__ == "__main__":
    main()
