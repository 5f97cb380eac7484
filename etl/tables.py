"""The tables that a warehouse begins with, and how rows get into them."""

from collections.abc import Iterable
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from etl.definitions import DATA, Definitions
from etl.models import SQL, read_sql
from etl.warehouse import SCHEMA_VERSION, definitions_digest
from etl.wording import sort_key

_ROWS_AT_ONCE = 50_000


def create_tables(con: duckdb.DuckDBPyConnection, d: Definitions, data: Path = DATA) -> None:
    """Create the tables of the schema, and fill those that follow from the definitions in `data`."""
    con.execute(read_sql(SQL / "schema.sql"))
    insert(con, "warehouse_info", [(SCHEMA_VERSION, definitions_digest(data))])
    insert(con, "province", [(d.province["code"],)])
    units = d.units.values()
    insert(
        con,
        "unit",
        ((u.vintage, u.code, u.name, u.unit_type, u.district_code, u.district, u.lat, u.lon) for u in units),
    )
    insert(con, "unit_name", _unit_name_rows(d))
    insert(con, "unit_trait", ((u.vintage, u.code, u.border, u.extremely_difficult) for u in units))
    insert(con, "unit_succession", d.succession)
    insert(con, "unit_rollup", d.rollup())
    insert(
        con,
        "period",
        (
            (p.period, n, p.year, p.cut_off, p.due_on, p.vintage, p.period_before, p.year_before)
            for n, p in enumerate(d.periods.values())
        ),
    )
    insert(
        con,
        "measure",
        (
            (m.code, m.measure, m.label_vi, m.label_en, m.unit_vi, m.unit_en, m.flow, m.sensitive, m.first_year)
            for m in d.measures.values()
        ),
    )
    insert(con, "measure_group", ((m.measure, g) for m in d.measures.values() for g in m.groups))
    rules = enumerate(d.measure_rules)
    insert(
        con,
        "measure_rule",
        ((n, r.measure, r.comparator, r.aggregate, o) for n, r in rules for o in r.operands),
    )
    insert(
        con,
        "indicator",
        (
            (
                i.indicator,
                n,
                i.label_vi,
                i.label_en,
                i.short_vi,
                i.short_en,
                i.numerator,
                i.denominator,
                i.kind,
                i.direction,
                i.across_reform,
                max(d.measures[m].first_year if m in d.measures else 0 for m in (i.numerator, i.denominator)),
            )
            for n, i in enumerate(d.indicators.values())
        ),
    )
    insert(con, "indicator_group", ((i.indicator, g) for i in d.indicators.values() for g in i.groups))
    conditions = enumerate(d.form["play_area_conditions"])
    insert(con, "play_area_condition", ((condition, n == 0) for n, condition in conditions))
    insert(con, "target", _target_rows(d))
    insert(con, "task_item", ((t.task, t.item) for t in d.tasks.values()))
    insert(con, "task_expectation", _expectation_rows(d))
    insert(con, "statistic", [astuple(d.statistics)])
    insert(con, "criterion", d.criteria.items())
    insert(
        con,
        "recognition_threshold",
        (
            (u.vintage, u.code, period, d.recognition_points(u, period))
            for u in units
            for period, p in d.periods.items()
            if p.vintage == u.vintage
        ),
    )


def _unit_name_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    named = [(p, u, d.name_of(u, p.cut_off)) for p in d.periods.values() for u in d.units.values()]
    places = {name: n for n, name in enumerate(sorted({n.name for _, _, n in named}, key=sort_key), start=1)}
    for period, unit, name in named:
        yield (
            period.period,
            unit.vintage,
            unit.code,
            name.name,
            name.unit_type,
            unit.district_code,
            name.district,
            places[name.name],
        )


def _target_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    for period in d.periods.values():
        plan = d.plan_of(period.period)
        for target in (t for plan_target in plan.targets for t in plan_target.indicators):
            fraction = None if target.value is None else target.value / 100
            yield (
                period.period,
                plan.year,
                target.number,
                target.indicator,
                target.comparator,
                target.value,
                fraction,
                plan.near_margin,
                plan.horizon,
            )


def _expectation_rows(d: Definitions) -> Iterable[tuple[Any, ...]]:
    for period in d.periods:
        plan = d.plan_of(period)
        for n, e in enumerate(e for task in plan.tasks for e in task.expectations):
            yield (
                period,
                e.task,
                e.numerator,
                n,
                e.denominator,
                e.minimum,
                e.target / 100,
                e.is_due(period),
                plan.near_margin,
            )


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows in the order of the table's columns."""
    left = iter(rows)
    # Part by part: as tuples, rows take many times the memory that they take in a table.
    while part := list(islice(left, _ROWS_AT_ONCE)):
        columns = list(zip(*part, strict=True))
        arrow = pa.table([pa.array(c) for c in columns], names=[f"c{n}" for n in range(len(columns))])
        con.register("inserted_rows", arrow)
        con.execute(f"INSERT INTO {table} SELECT * FROM inserted_rows")
        con.unregister("inserted_rows")
