"""The models on Apache Spark: the same SQL, for data that one machine no longer holds.

Spark reads the tables of the schema and writes each model as Parquet files. What DuckDB and Spark mean by the same
words is made the same here, so that both come to the same figures to the last digit.
"""

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp, parse, parse_one

from etl.distance import geodesic_m
from etl.models import APPROVED, MODELS, OWN, SQL, VIEW, model_sql, read_sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PART_BYTES = 16_000_000
_PROJECT = Path(__file__).parent.parent


@contextmanager
def session(folder: Path) -> Iterator["SparkSession"]:
    """Give a session for the tables in `folder` within a `with` block.

    It is one of this machine, or of the cluster that SPARK_MASTER names.
    """
    from pyspark.sql import SparkSession

    options = {
        "spark.executorEnv.PYTHONPATH": str(_PROJECT),
        "spark.sql.session.timeZone": "UTC",
        # Else a folder `period=2021` would be a number.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        # Spark's 200 parts are made for large data, and take long where there are few.
        "spark.sql.shuffle.partitions": str(
            1 + sum(f.stat().st_size for f in folder.rglob("*.parquet")) // _PART_BYTES
        ),
        "spark.ui.enabled": "false",
    }
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("child-dashboard").master(os.environ.get("SPARK_MASTER", "local[*]"))
    spark = builder.config(map=options).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def build_models_on_spark(
    spark: "SparkSession", folder: Path, base: Iterable[str], progress: Callable[[float], None], *, with_approved: bool
) -> None:
    """Build all models from the tables of the schema in `folder/main/<table>`, each into a folder beside them.

    Those of approved reports alone go to `folder/approved`. Rows of one period are together in one folder.
    """
    for name, function in (("geodesic_m", geodesic_m), ("exact_ln", _ln), ("exact_exp", _exp)):
        _register(spark, name, function)
    for table in base:
        spark.read.parquet(str(folder / "main" / table)).createOrReplaceTempView(table)
    spark.sql("SELECT period FROM period").createOrReplaceTempView("built_period")
    todo = [("main", model) for model in MODELS]
    if with_approved:
        todo += [("approved", model) for model in APPROVED]
    for n, (schema, model) in enumerate(todo, start=1):
        path = str(folder / schema / model)
        rows = spark.sql(translate(model_sql(schema, model)))
        if MODELS[model] is not VIEW:
            (rows.write.partitionBy("period") if MODELS[model] is OWN else rows.write).parquet(path)
            rows = spark.read.schema(rows.schema).parquet(path)
        rows.createOrReplaceTempView(model)
        progress(n / len(todo))


def _register(spark: "SparkSession", name: str, function: Callable[..., pa.Array]) -> None:
    from pyspark.sql.functions import arrow_udf

    spark.udf.register(name, arrow_udf(function, "double"))


def _ln(x: pa.Array) -> pa.Array:
    """Return logarithms as the C library has them; Java's differ in the last digit."""
    return pa.array([None if v is None else math.log(v) for v in x.to_pylist()], pa.float64())


def _exp(x: pa.Array) -> pa.Array:
    return pa.array([None if v is None else math.exp(v) for v in x.to_pylist()], pa.float64())


# What the same words mean -----------------------------------------------------------------------------------


def translate(sql: str) -> str:
    """Return a model's SELECT for Spark, so that it means there what it means to DuckDB."""
    tree = parse_one(sql, read="duckdb")
    _change(tree, partial(_insert_formula, _formulas()))
    _change(tree, _say_for_spark)
    if order := tree.args.get("order"):
        # Within each file: to sort all of them together, Spark computes everything twice.
        tree.set("sort", exp.Sort(expressions=order.expressions))
        tree.set("order", None)
    return str(tree.sql(dialect="spark", comments=False))


def _change(tree: exp.Expression, change: Callable[[exp.Expression], exp.Expression]) -> None:
    """Change every part of a statement, the smallest parts first."""
    for part in reversed(list(tree.walk())):
        changed = change(part)
        if changed is not part:
            part.replace(changed)


Formulas = dict[str, tuple[list[str], exp.Expression]]


@cache
def _formulas() -> Formulas:
    """Return the parameters and the formula of each function that functions.sql declares, from those before it."""
    found: Formulas = {}
    for macro in parse(read_sql(SQL / "functions.sql"), read="duckdb"):
        if isinstance(macro, exp.Create):
            formula = exp.Paren(this=macro.expression)
            _change(formula, partial(_insert_formula, found))
            found[macro.this.this.name] = [p.name for p in macro.this.expressions], formula
    return found


def _insert_formula(formulas: Formulas, node: exp.Expression) -> exp.Expression:
    if not isinstance(node, exp.Anonymous) or node.name.lower() not in formulas:
        return node
    parameters, formula = formulas[node.name.lower()]
    given = dict(zip(parameters, node.expressions, strict=True))
    inserted = formula.copy()
    for column in list(inserted.find_all(exp.Column)):
        column.replace(exp.Paren(this=given[column.name].copy()))
    return inserted


def _say_for_spark(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Div) and not _is_double(node.this, node.expression):
        # To DuckDB each division is one of DOUBLEs, to Spark that of decimals is exact, and cut off.
        return exp.Div(this=_double(node.this), expression=_double(node.expression))
    if isinstance(node, exp.Literal) and node.is_number and "." in node.name and not isinstance(node.parent, exp.Cast):
        return _double(node)
    if isinstance(node, exp.Ln | exp.Exp):
        name = "exact_ln" if isinstance(node, exp.Ln) else "exact_exp"
        return exp.func(name, _double(node.this))
    if isinstance(node, exp.Median):
        # Between two values in the middle, step by step as DuckDB does; Spark weighs them, and rounds otherwise.
        ordered = f"sort_array(collect_list({node.this.sql(dialect='spark')}))"
        low, high = (f"{ordered}[(size({ordered}) - {n}) div 2]" for n in (1, 0))
        return parse_one(
            f"CASE WHEN size({ordered}) > 0 THEN {low} + ({high} - {low}) * CAST(0.5 AS DOUBLE) END", read="spark"
        )
    return node


def _double(node: exp.Expression) -> exp.Expression:
    return node if _is_double(node) else exp.cast(node.copy(), "double")


def _is_double(*nodes: exp.Expression) -> bool:
    return all(isinstance(n, exp.Cast) and n.to.is_type("double") for n in nodes)
