"""The table `protection_count`: what was reported about children who need protection, as far as it can be shown."""

from collections.abc import Collection
from itertools import chain, product
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from etl.masking import NOT_REPORTED, Counts, Masks, Structure, mask, mask_approved
from etl.moves import Flags, Ints

_LEVELS = ("commune", "district", "province")
_GROUP = ("level", "vintage", "unit_code")
_STATES = ("shown", "masked", "not_reported")


class ProtectionCounts:
    """Reads what was reported, and writes `protection_count`: of all reports, then of the approved ones.

    `renewed`: the periods whose counts are written anew, whole years; None: all.
    """

    SOURCES = frozenset({"expected_report", "standing_report", "observation"})
    """The models that it reads."""

    def __init__(self, renewed: Collection[str] | None) -> None:
        self.renewed = None if renewed is None else list(renewed)
        self.everything: tuple[Counts, Masks] | None = None

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write the table into the schema that the connection looks into."""
        if self.everything is None:
            self._look_up(con)
            counts = self._read(con)
            masks = mask(self.structure, counts)
            self.everything = counts, masks
        else:
            counts = self._read(con)
            masks = mask_approved(self.structure, self.everything, counts)
        con.register("protection_rows", self._table(counts, masks))
        if self.renewed is None:
            con.execute("CREATE OR REPLACE TABLE protection_count AS FROM protection_rows")
        else:
            con.execute("DELETE FROM protection_count WHERE period IN (SELECT unnest($p))", {"p": self.renewed})
            con.execute("INSERT INTO protection_count FROM protection_rows")
        con.unregister("protection_rows")

    def _look_up(self, con: duckdb.DuckDBPyConnection) -> None:
        """Note which measures, units and periods there are."""
        measures = con.execute(
            "SELECT measure, flow = 'cumulative' FROM measure WHERE sensitive ORDER BY code"
        ).fetchall()
        number = {name: n for n, (name, _) in enumerate(measures)}
        rules = con.execute("SELECT measure, operand, comparator FROM measure_rule").fetchall()
        wholes: list[set[int]] = [set() for _ in measures]
        for part, whole, _ in (r for r in rules if r[0] in number and r[1] in number and r[2] == "<="):
            wholes[number[part]].add(number[whole])
        for _ in measures:
            wholes = [w.union(*(wholes[n] for n in w)) for w in wholes]
        bounded = {number[o]: m for m, o, _ in rules if o in number and m not in number}
        periods = con.execute(
            "SELECT period, year, vintage FROM period"
            " WHERE period IN (SELECT period FROM expected_report) ORDER BY sequence"
        ).fetchall()
        if self.renewed is not None:
            periods = [p for p in periods if p[0] in self.renewed]
        successor: dict[str, dict[int, int]] = {vintage: {} for _, _, vintage in periods}
        self.groups: dict[tuple[str, str, str], list[int]] = {}
        rows = con.execute(
            "SELECT r.*, u.district_code, p.code FROM unit_rollup AS r CROSS JOIN province AS p"
            " INNER JOIN unit AS u ON r.to_vintage = u.vintage AND r.to_code = u.code"
            " WHERE r.from_vintage IN (SELECT unnest($reporting)) ORDER BY ALL",
            {"reporting": [vintage for _, _, vintage in periods]},
        ).fetchall()
        self.units = sorted({row[:2] for row in rows} | {row[2:4] for row in rows})
        unit = {key: n for n, key in enumerate(self.units)}
        for from_vintage, from_code, vintage, code, district, province in rows:
            own = unit[from_vintage, from_code]
            successor.setdefault(vintage, {})[own] = unit[vintage, code]
            for level, name in zip(_LEVELS, (code, district, province), strict=True):
                if name is not None:
                    self.groups.setdefault((level, vintage, name), []).append(own)
        self.structure = Structure(
            measures=tuple(number),
            cumulative=tuple(cumulative for _, cumulative in measures),
            wholes=tuple(map(frozenset, wholes)),
            bounded=bounded,
            periods=tuple(p for p, _, _ in periods),
            years=tuple(y for _, y, _ in periods),
            vintages=tuple(v for _, _, v in periods),
            successor=successor,
        )

    def _read(self, con: duckdb.DuckDBPyConnection) -> Counts:
        s, unit = self.structure, {key: n for n, key in enumerate(self.units)}
        period = {name: n for n, name in enumerate(s.periods)}
        row = {name: n for n, name in enumerate((*s.measures, *sorted(set(s.bounded.values()))))}
        shape = (len(s.periods), len(self.units))
        values = np.full((len(row), 2, *shape), NOT_REPORTED, dtype=np.int64)
        expected, reports = np.zeros(shape, bool), np.full(shape, "", dtype=object)
        of_periods, asked = "WHERE period IN (SELECT unnest($periods))", {"periods": list(period)}
        for name, vintage, code in con.execute(
            f"SELECT period, vintage, unit_code FROM expected_report {of_periods}", asked
        ).fetchall():
            expected[period[name], unit[vintage, code]] = True
        for name, vintage, code, submission, digest in con.execute(
            "SELECT period, s.vintage, s.unit_code, submission_id, r.sha256"
            f" FROM standing_report AS s JOIN received_report AS r USING (period, submission_id) {of_periods}",
            asked,
        ).fetchall():
            reports[period[name], unit[vintage, code]] = f"{submission} {digest}"
        number = pa.table(
            {
                "measure": pa.array((name for name in row for _ in range(2)), pa.string()),
                "population_group": pa.array(["total", "female"] * len(row), pa.string()),
                "n": pa.array(range(2 * len(row)), pa.int64()),
            }
        )
        places = pa.table(
            {
                "period": pa.array((name for name in s.periods for _ in self.units), pa.string()),
                "vintage": pa.array([vintage for vintage, _ in self.units] * len(period), pa.string()),
                "unit_code": pa.array([code for _, code in self.units] * len(period), pa.string()),
                "place": pa.array(range(len(period) * len(self.units)), pa.int64()),
            }
        )
        con.register("protection_measure", number)
        con.register("protection_place", places)
        # As Arrow: DuckDB's way to numpy imports pandas, which takes longer than all of this.
        found = con.sql(
            "SELECT m.n, p.place, o.value FROM observation AS o INNER JOIN protection_place AS p"
            " USING (period, vintage, unit_code) INNER JOIN protection_measure AS m USING (measure, population_group)"
            " WHERE o.value IS NOT NULL"
        ).to_arrow_table()
        index = found["n"].to_numpy(), found["place"].to_numpy()
        values.reshape(2 * len(row), -1)[index] = found["value"].to_numpy()
        con.unregister("protection_measure")
        con.unregister("protection_place")
        own = len(s.measures)
        limits = {name: values[n, 0] for name, n in row.items() if n >= own}
        return Counts(values[:own, 0], values[:own, 1], limits, expected, reports)

    def _table(self, counts: Counts, masks: Masks) -> pa.Table:
        """Return a row for each measure, group, unit and period; a count has a value only where it is shown."""
        s = self.structure
        # As lists of parts, one after the other: as a matrix they would take a country's memory.
        parts = np.array(list(chain.from_iterable(self.groups.values())), dtype=np.int64)
        starts = np.cumsum([0, *map(len, self.groups.values())])[:-1]

        def by_group(of_units: Ints | Flags) -> Ints:
            sums: Ints = np.add.reduceat(of_units.astype(np.int64)[:, parts], starts, axis=1)
            return sums

        is_province = np.array([level == "province" for level, _, _ in self.groups])
        expected = by_group(counts.expected)
        p, g = np.nonzero(expected)
        rows: dict[str, list[Any]] = {name: [] for name in ("m", "group", "state", "value", "reported")}
        for m, (group, (values, hidden, shown)) in product(
            range(len(s.measures)),
            enumerate(
                (
                    (counts.totals, masks.hidden, masks.shown),
                    (counts.girls, masks.hidden_girls, masks.shown_girls),
                )
            ),
        ):
            reported = by_group(values[m] >= 0)
            if reported.any():
                masked = np.where(is_province, ~shown[m][:, None], by_group(hidden[m]) > 0)
                state = np.where(reported == 0, _STATES.index("not_reported"), masked.astype(np.int64))
                sums = by_group(np.maximum(values[m], 0))
                for column, of_row in (
                    ("m", np.full(len(p), m)),
                    ("group", np.full(len(p), group)),
                    ("state", state[p, g]),
                    ("value", sums[p, g]),
                    ("reported", reported[p, g]),
                ):
                    rows[column].append(of_row)
        of = {name: np.concatenate(parts) if parts else np.zeros(0, np.int64) for name, parts in rows.items()}
        times = len(rows["m"])
        names = {name: pa.array((group[n] for group in self.groups), pa.string()) for n, name in enumerate(_GROUP)}
        columns = {
            "measure": pa.array(s.measures, pa.string()).take(of["m"]),
            "population_group": pa.array(("total", "female")).take(of["group"]),
            **{name: column.take(np.tile(g, times)) for name, column in names.items()},
            "period": pa.array(s.periods, pa.string()).take(np.tile(p, times)),
            "state": pa.array(_STATES).take(of["state"]),
            "value": pa.array(of["value"], mask=of["state"] != _STATES.index("shown")),
            "units_reported": of["reported"],
            "units_expected": np.tile(expected[p, g], times),
        }
        return pa.table(columns)
