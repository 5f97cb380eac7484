"""Nothing that is masked can be found out: an attacker who knows all that is shown, all rules and all sums."""

import shutil
from collections import defaultdict
from itertools import product
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from etl.archive import Incoming
from etl.decisions import Decision
from etl.definitions import load
from etl.load import decide, load_reports
from etl.masking import MOST, NOT_REPORTED, Counts, Structure, mask, mask_approved
from etl.warehouse import reports_with_status

D = load()
SENSITIVE = [m.measure for m in D.measures.values() if m.sensitive]
GROUPS_OF_CHILDREN = [m.measure for m in D.measures.values() if m.code.startswith("6.3.")]
CHAINS = [["abuse_cases", "abuse_cases_supported"], ["injury_cases", "injury_deaths", "drowning_deaths"]]
COUNTED = [m for chain in CHAINS for m in chain]
PERIODS = ["2020", *(f"{y}{h}" for y in range(2021, 2026) for h in ("-H1", "")), "2026-H1"]
YEARS = sorted({p[:4] for p in PERIODS})
NO_LIMIT = 10**6
SUCCESSOR = {c: to for _, c, _, to in D.succession}
DISTRICT = {u.code: u.district_code for u in D.units.values() if u.vintage == "2021"}


def own_vintage(period: str) -> str:
    return D.periods[period].vintage


def is_small(value: int) -> bool:
    return 1 <= value <= MOST


class Knowledge(NamedTuple):
    """What an attacker has to go by. Keys are any names of unknown counts; sums and limits are over keys.

    `truth` is what he is after; `bounds` holds what he knows of each hidden count by itself.
    """

    truth: dict
    bounds: dict
    sums: list
    at_most: list


def found_out(known: Knowledge, targets: list[dict]) -> list[dict]:  # noqa: PLR0912  one branch a kind of knowledge
    """Return the targets, each a sum of counts with their signs, that can be one number alone.

    Only limits that the true counts keep are used: reports may break the others.
    """
    keys = {key: n for n, key in enumerate(known.bounds)}
    rows = []
    for parts, total in known.sums:
        assert sum(known.truth[k] for k in parts) == total
        rows.append((dict.fromkeys(parts, 1), total, total))
    for parts, wholes in known.at_most:
        if sum(known.truth[k] for k in parts) <= sum(known.truth[k] for k in wholes):
            terms = defaultdict(int)
            for key in parts:
                terms[key] += 1
            for key in wholes:
                terms[key] -= 1
            rows.append((terms, -np.inf, 0))
    data, row_of, column_of, low, high = [], [], [], [], []
    for terms, least, most in rows:
        fixed = sum(c * known.truth[k] for k, c in terms.items() if k not in keys)
        unknown = {keys[k]: c for k, c in terms.items() if k in keys and c}
        if unknown:
            data += unknown.values()
            column_of += unknown
            row_of += [len(low)] * len(unknown)
            low.append(least - fixed)
            high.append(most - fixed)
    table = csr_array((data, (row_of, column_of)), shape=(max(1, len(low)), len(keys)))
    constraints = LinearConstraint(table, low or [0], high or [0])
    truth = np.array([known.truth[k] for k in keys])
    lowest, highest = np.array(list(known.bounds.values())).reshape(-1, 2).T
    assert ((truth >= lowest) & (truth <= highest)).all()
    bounds = Bounds(lowest, highest)
    wanted = np.zeros((len(targets), len(keys)))
    for n, target in enumerate(targets):
        for key, sign in target.items():
            if key in keys:
                wanted[n, keys[key]] = sign
    left = np.ones(len(targets), bool)

    def look(objective: np.ndarray) -> None:
        solved = milp(objective, constraints=constraints, bounds=bounds, integrality=np.ones(len(keys)))
        assert solved.x is not None
        left[np.abs(wanted @ (np.round(solved.x) - truth)) > 0.5] = False

    dice = np.random.default_rng(1)
    for _ in range(12):
        if left.any():
            look(dice.choice([-1.0, 1.0], len(targets))[left] @ wanted[left] + dice.normal(0, 0.1, len(keys)))
    for n in np.flatnonzero(left):
        for sign in (1, -1):
            if left[n]:
                look(sign * wanted[n])
    return [t for t, is_left in zip(targets, left, strict=True) if is_left]


class Published(NamedTuple):
    """The table and what the workbooks say, by (measure, group, period, vintage, unit)."""

    rows: pd.DataFrame
    cells: dict
    truth: dict


@pytest.fixture(scope="module")
def published(demo_home, workbooks) -> Published:
    with duckdb.connect(demo_home / "warehouse.duckdb", read_only=True) as con:
        rows = con.execute("SELECT * FROM protection_count").df()
    cells = {
        (r.measure, r.population_group, r.level, r.period, r.vintage, r.unit_code): (
            r.state,
            None if pd.isna(r.value) else int(r.value),
        )
        for r in rows.itertuples()
    }
    truth = {
        (*key, period, own_vintage(period), unit): value
        for (period, unit), figures in workbooks.figures.items()
        for key, value in figures.items()
        if isinstance(key, tuple) and key[0] in SENSITIVE
    }
    return Published(rows, cells, truth)


def test_every_measure_unit_and_period_has_a_row(published) -> None:
    rows = published.rows
    assert set(rows["state"]) == {"shown", "masked", "not_reported"}
    assert set(rows["measure"]) == set(SENSITIVE)
    assert not rows.duplicated(["measure", "population_group", "level", "vintage", "unit_code", "period"]).any()
    assert (rows["value"].notna() == (rows["state"] == "shown")).all()
    size = rows[rows["population_group"] == "total"].groupby(["period", "vintage", "level"]).size() / len(SENSITIVE)
    for (period, vintage, level), count in size.items():
        assert count == {"commune": {"2021": 111, "2025": 40}[vintage], "district": 11, "province": 1}[level]
        assert vintage >= own_vintage(period)


def test_no_small_count_is_shown(published) -> None:
    shown = published.rows[published.rows["state"] == "shown"]
    assert not shown["value"].between(1, MOST).any()
    below_province = published.rows[published.rows["level"] != "province"]
    assert not below_province[below_province["measure"].isin(GROUPS_OF_CHILDREN)]["state"].eq("shown").any()


def test_what_is_shown_is_what_was_reported(published) -> None:
    sums, reported = defaultdict(int), defaultdict(int)
    for (measure, group, period, vintage, unit), value in published.truth.items():
        places = [("commune", vintage, unit), ("province", vintage, D.province["code"])]
        if vintage == "2021":
            places += [("district", vintage, DISTRICT[unit]), ("commune", "2025", SUCCESSOR[unit])]
            places += [("province", "2025", D.province["code"])]
        for level, of, code in places:
            sums[measure, group, level, period, of, code] += value
            reported[measure, group, level, period, of, code] += 1
    for r in published.rows.itertuples():
        key = (r.measure, r.population_group, r.level, r.period, r.vintage, r.unit_code)
        assert (r.state == "not_reported") == (key not in sums)
        assert r.units_reported == reported[key]
        if r.state == "shown":
            assert r.value == sums[key]
        elif r.state == "masked":
            assert pd.isna(r.value)


def test_most_of_what_can_be_shown_is_shown(published) -> None:
    """Safe would also be who shows nothing."""
    rows = published.rows[published.rows["population_group"] == "total"]
    province = rows[(rows["level"] == "province") & rows["measure"].isin(COUNTED)]
    assert (province["state"] == "shown").mean() > 0.85
    communes = rows[(rows["level"] == "commune") & rows["measure"].isin(COUNTED)]
    own = communes[communes["vintage"] == communes["period"].map(own_vintage)]
    masked = own[own["state"] == "masked"]
    truth = [published.truth[r.measure, "total", r.period, r.vintage, r.unit_code] for r in masked.itertuples()]
    assert np.mean([not is_small(v) for v in truth]) < 0.4


def parts_of(unit: str, period: str, year: str) -> list[str]:
    """Return the units that reported in `period` of which a unit that reports for `year` consists."""
    if own_vintage(period) == own_vintage(year):
        return [unit]
    return [c for c, to in SUCCESSOR.items() if to == unit]


def knowledge_of_counts(  # noqa: PLR0912  one branch a kind of knowledge
    published: Published, chain: list[str], year: str
) -> tuple[Knowledge, list[dict]]:
    """Return all that can be known of one chain of measures in one year, and the small counts that must not be.

    Counts of girls are there where they were reported, as are boys, as all less the girls.
    """
    truth = {k: v for k, v in published.truth.items() if k[0] in chain and k[2][:4] == year}
    periods = sorted({k[2] for k in truth}, reverse=True)  # 2021-H1, 2021
    bounds, sums, at_most, targets = {}, [], [], []
    hidden = {k for k in truth if published.cells[k[0], k[1], "commune", k[2], k[3], k[4]][0] == "masked"}
    assert not [k for k in truth if k not in hidden and is_small(truth[k])]
    with_zeros = {(k[0], k[2]) for k in hidden if k[1] == "total" and truth[k] == 0}

    def most_of(measure: str, period: str, unit: str) -> int:
        key = (measure, "total", period, own_vintage(period), unit)
        if key not in truth:
            return 0
        return truth[key] if key not in hidden else MOST if truth[key] <= MOST else NO_LIMIT

    for key in hidden:
        measure, group, period, vintage, unit = key
        if group == "female":
            bounds[key] = (0, NO_LIMIT)
            continue
        most = MOST
        if periods[-1] == period and own_vintage(periods[0]) != vintage:
            below = chain[chain.index(measure) :]
            most = max(
                MOST, sum(max(most_of(m, periods[0], u) for m in below) for u in parts_of(unit, periods[0], period))
            )
        if truth[key] <= most:
            bounds[key] = (0 if (measure, period) in with_zeros else 1, most)
        else:
            bounds[key] = (MOST + 1, NO_LIMIT)

    # Sums of all levels and vintages that are shown.
    members = defaultdict(list)
    for measure, group, period, vintage, unit in truth:
        key = (measure, group, period, vintage, unit)
        members[measure, group, "province", period, vintage, D.province["code"]].append(key)
        if vintage == "2021":
            members[measure, group, "district", period, vintage, DISTRICT[unit]].append(key)
            members[measure, group, "commune", period, "2025", SUCCESSOR[unit]].append(key)
            members[measure, group, "province", period, "2025", D.province["code"]].append(key)
    for name, keys in members.items():
        state, value = published.cells[name]
        if state == "shown":
            sums.append((keys, value))

    for key in truth:
        measure, group, period, vintage, unit = key
        girls = (measure, "female", period, vintage, unit)
        if group == "total" and girls in truth:
            at_most.append(([girls], [key]))
        above = [
            (w, q, whole)
            for w, q in product(chain[: chain.index(measure) + 1], periods)
            if (w, q) != (measure, period) and (q == period or period.endswith("-H1"))
            for whole in ([unit] if own_vintage(q) == vintage else [SUCCESSOR[unit]])
        ]
        for w, q, whole in above:
            if (w, group, q, own_vintage(q), whole) not in truth:
                continue
            parts = [k for u in parts_of(whole, period, q) if (k := (measure, group, period, vintage, u)) in truth]
            top = (w, group, q, own_vintage(q), whole)
            at_most += [(parts, [top]), *(([part], [top]) for part in parts)]
            if group == "female" and all((k[0], "total", *k[2:]) in truth for k in [*parts, top]):
                # The boys: totals less girls on both sides.
                totals = [(k[0], "total", *k[2:]) for k in parts]
                at_most.append(([*totals, top], [(w, "total", *top[2:]), *parts]))
    for key, value in truth.items():
        total = (key[0], "total", *key[2:])
        if is_small(value):
            targets.append({key: 1})
        if key[1] == "female" and total in truth and is_small(truth[total] - value):
            targets.append({total: 1, key: -1})
    return Knowledge(truth, bounds, sums, at_most), targets


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("chain", CHAINS, ids=["abuse", "injuries"])
def test_no_small_count_can_be_found_out(published, chain, year) -> None:
    known, targets = knowledge_of_counts(published, chain, year)
    assert len(targets) > 20
    assert found_out(known, targets) == []


def knowledge_of_groups(published: Published, workbooks, period: str, *, exact: bool) -> tuple[Knowledge, list[dict]]:
    """Return what can be known of the groups of children; `exact`: also that no child is in two of them."""
    truth = {k: v for k, v in published.truth.items() if k[0] in GROUPS_OF_CHILDREN and k[2] == period}
    bounds, sums, at_most = {}, [], []
    by_unit, by_group = defaultdict(list), defaultdict(list)
    for key in truth:
        by_unit[key[4]].append(key)
        by_group[key[0]].append(key)
    limits = {unit: workbooks.figures[period, unit]["special_circumstances", "total"] for unit in by_unit}
    for unit, keys in by_unit.items():
        bounds |= dict.fromkeys(keys, (0, limits[unit]))
        truth["limit", unit] = limits[unit]
        if exact:
            sums.append((keys, limits[unit]))
        else:
            at_most.append(([("limit", unit)], keys))
    for measure, keys in by_group.items():
        state, value = published.cells[measure, "total", "province", period, own_vintage(period), D.province["code"]]
        if state == "shown":
            sums.append((keys, value))
    return Knowledge(truth, bounds, sums, at_most), [{k: 1} for k in truth if k[0] != "limit" and is_small(truth[k])]


@pytest.mark.parametrize("period", PERIODS)
def test_no_group_of_children_can_be_found_out(published, workbooks, period) -> None:
    for exact in (False, True):
        known, targets = knowledge_of_groups(published, workbooks, period, exact=exact)
        assert len(targets) > 100
        assert found_out(known, targets) == []


def test_the_auditor_finds_what_can_be_found() -> None:
    """One hidden count of a sum that is shown, and two that can only be 1."""
    truth = {"a": 3, "b": 7}
    assert found_out(Knowledge(truth, {"a": (1, 4)}, [(["a", "b"], 10)], []), [{"a": 1}]) == [{"a": 1}]
    truth = {"a": 1, "b": 1}
    known = Knowledge(truth, {"a": (1, 4), "b": (1, 4)}, [(["a", "b"], 2)], [])
    assert found_out(known, [{"a": 1}, {"b": 1}]) == [{"a": 1}, {"b": 1}]
    truth = {"a": 2, "b": 1, "c": 2}
    known = Knowledge(truth, {"a": (1, 4), "b": (1, 4), "c": (1, 4)}, [(["a", "b"], 3)], [(["c"], ["a"])])
    assert found_out(known, [{"a": 1}]) == []


def test_approved_figures_do_not_give_away_what_is_masked_of_all(demo_home, tmp_path) -> None:
    """All reports of 2023 but one are approved, and all of 2022: the one left over must not be the difference."""
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    warehouse = home / "warehouse.duckdb"
    reports = {p: reports_with_status(warehouse, p, "accepted") for p in ("2022", "2023")}
    chosen = [("2022", *r) for r in reports["2022"]] + [("2023", *r) for r in reports["2023"][1:]]
    decide([Decision("approved", "Sở", p, unit, submission_id=i) for p, i, unit in chosen], home)
    keys = ["measure", "population_group", "level", "vintage", "unit_code", "period"]
    with duckdb.connect(warehouse, read_only=True) as con:
        everything, approved = (
            con.execute(f"SELECT * FROM {schema}.protection_count").df().set_index(keys)
            for schema in ("main", "approved")
        )
    both = approved.join(everything, suffixes=("", "_all"), how="left")
    assert set(both.index.get_level_values("period")) == {"2022", "2023"}
    same = both.xs("2022", level="period")
    assert (same["state"] == same["state_all"]).all() and same["value"].equals(same["value_all"])
    less = both.xs("2023", level="period")
    below = less[less.index.get_level_values("level") != "province"]
    assert not ((below["state"] == "shown") & (below["state_all"] == "masked") & (below["value"] > 0)).any()
    of_one = everything.xs((reports["2023"][0][1], "2023"), level=("unit_code", "period")).xs("2021", level="vintage")
    province = less.xs("province", level="level").xs("2021", level="vintage")
    hidden = of_one[(of_one["state"] == "masked")].index.droplevel("level")
    assert len(hidden)
    assert (province.droplevel("unit_code").loc[hidden, "state"] == "masked").all()


# Random provinces -------------------------------------------------------------------------------------------

# Five old communes that became two, a measure and a part of it, a half-year and its year on both sides of the reform.
OLD, NEW = range(5), range(5, 7)
BECAME = {0: 5, 1: 5, 2: 5, 3: 6, 4: 6, 5: 5, 6: 6}
SMALL_PROVINCE = Structure(
    measures=("whole", "part"),
    cumulative=(True, True),
    wholes=(frozenset(), frozenset({0})),
    bounded={},
    periods=("2024-H1", "2024", "2025-H1", "2025"),
    years=(2024, 2024, 2025, 2025),
    vintages=("2021", "2021", "2021", "2025"),
    successor={"2021": {u: u for u in OLD}, "2025": BECAME},
)


@st.composite
def counts(draw) -> Counts:
    """Reports as they pass the checks: a part is no more than its whole, girls are no more than all."""
    totals, girls = np.full((2, 2, 4, 7), NOT_REPORTED)
    value = st.sampled_from([0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 11, 20])
    with_girls = draw(st.booleans())
    for p, u in [*product(range(3), OLD), *product([3], NEW)]:
        if draw(st.integers(0, 9)) == 0:
            continue
        whole = draw(value)
        totals[:, p, u] = whole, min(whole, draw(value))
        if with_girls and draw(st.integers(0, 5)):
            girls[0, p, u] = draw(st.integers(0, whole))
            girls[1, p, u] = min(girls[0, p, u], draw(st.integers(0, int(totals[1, p, u]))))
    expected = np.zeros((4, 7), bool)
    expected[:3, :5] = expected[3, 5:] = True
    reports = np.array([[f"{p} {u}" if totals[0, p, u] >= 0 else "" for u in range(7)] for p in range(4)], dtype=object)
    return Counts(totals, girls, {}, expected, reports)


def knowledge_of_masks(  # noqa: PLR0912  one branch a kind of knowledge
    reported: Counts, masks
) -> tuple[Knowledge, list[dict]]:
    """Return what can be known of a random province; counts are known by (measure, group, period, unit, report)."""
    values = {"total": reported.totals, "female": reported.girls}
    hidden = {"total": masks.hidden, "female": masks.hidden_girls}
    shown = {"total": masks.shown, "female": masks.shown_girls}

    def name(m: int, group: str, p: int, u: int) -> tuple:
        return m, group, p, u, reported.reports[p, u]

    everywhere = [name(*c) for c in product(range(2), values, range(4), range(7))]
    truth = {k: int(values[k[1]][k[0], k[2], k[3]]) for k in everywhere if values[k[1]][k[0], k[2], k[3]] >= 0}
    is_hidden = {k for k in truth if hidden[k[1]][k[0], k[2], k[3]]}
    with_zeros = {k[:3] for k in is_hidden if truth[k] == 0}

    def could_be(key: tuple) -> int:
        if key not in is_hidden:
            return truth.get(key, 0)
        return MOST if truth[key] <= MOST else NO_LIMIT

    bounds, sums, at_most, targets = {}, [], [], []
    for key in is_hidden:
        m, group, p, unit, _ = key
        parts = [u for u in OLD if p == 3 and BECAME[u] == unit]
        most = max(MOST, sum(max(could_be(name(n, "total", 2, u)) for n in range(m, 2)) for u in parts))
        if group == "female":
            bounds[key] = (0, NO_LIMIT)
        elif key[4].startswith("earlier"):
            # Hidden because another report has replaced it, whatever it is.
            bounds[key] = (1, NO_LIMIT) if truth[key] else (0, NO_LIMIT)
        elif truth[key] > most:
            bounds[key] = (MOST + 1, NO_LIMIT)
        else:
            bounds[key] = (0 if key[:3] in with_zeros else 1, most)
    for group, m, p in product(values, range(2), range(4)):
        if shown[group][m, p]:
            keys = [k for k in truth if k[:3] == (m, group, p)]
            sums.append((keys, sum(truth[k] for k in keys)))
    for m, group, p, u, report in truth:
        if group == "female":
            at_most.append(([(m, group, p, u, report)], [name(m, "total", p, u)]))
        later = [p, p + 1] if p in (0, 2) else [p]
        for w, q in product(range(m + 1), later):
            whole = name(w, group, q, BECAME[u] if q == 3 else u)
            together = [v for v in range(7) if (BECAME[v] if q == 3 != p else v) == whole[3]]
            parts = [k for v in together if (k := name(m, group, p, v)) in truth]
            if whole in truth and (w, q) != (m, p):
                at_most += [(parts, [whole]), *(([part], [whole]) for part in parts)]
                if group == "female":
                    # The boys: all less the girls on both sides.
                    in_all = [(k[0], "total", *k[2:]) for k in parts]
                    at_most.append(([*in_all, whole], [(w, "total", *whole[2:]), *parts]))
    for key, value in truth.items():
        total = (key[0], "total", *key[2:])
        if is_small(value):
            targets.append({key: 1})
        if key[1] == "female" and is_small(truth[total] - value):
            targets.append({total: 1, key: -1})
    return Knowledge(truth, bounds, sums, at_most), targets


@given(counts())
@settings(max_examples=150, deadline=None)
def test_nothing_is_found_out_in_any_province(reported) -> None:
    masks = mask(SMALL_PROVINCE, reported)
    assert not (~masks.hidden & (reported.totals >= 1) & (reported.totals <= MOST)).any()
    sums = np.maximum(reported.totals, 0).sum(axis=2)
    assert not (masks.shown & (sums >= 1) & (sums <= MOST)).any()
    known, targets = knowledge_of_masks(reported, masks)
    assert found_out(known, targets) == []


@st.composite
def approvals(draw) -> tuple[Counts, Counts]:
    """All reports, and the approved ones: the same, none, or one that another has replaced since."""
    everything, earlier = draw(counts()), draw(counts())
    approved = Counts(
        *(a.copy() for a in (everything.totals, everything.girls)), {}, everything.expected, everything.reports.copy()
    )
    for p, u in np.argwhere(everything.expected):
        became = draw(st.sampled_from(["same", "same", "same", "none", "earlier"]))
        if became != "same":
            is_earlier = became == "earlier" and everything.reports[p, u] and earlier.reports[p, u]
            approved.totals[:, p, u] = earlier.totals[:, p, u] if is_earlier else NOT_REPORTED
            approved.girls[:, p, u] = earlier.girls[:, p, u] if is_earlier else NOT_REPORTED
            approved.reports[p, u] = f"earlier {p} {u}" if is_earlier else ""
    return everything, approved


@given(approvals())
@settings(max_examples=150, deadline=None)
def test_all_and_approved_figures_do_not_give_each_other_away(both) -> None:
    everything, approved = both
    masks = mask(SMALL_PROVINCE, everything)
    masks_approved = mask_approved(SMALL_PROVINCE, (everything, masks), approved)
    known, targets = knowledge_of_masks(everything, masks)
    more, _ = knowledge_of_masks(approved, masks_approved)
    assert not [k for k in known.bounds if k in more.truth and k not in more.bounds]
    together = Knowledge(
        more.truth | known.truth, more.bounds | known.bounds, known.sums + more.sums, known.at_most + more.at_most
    )
    assert found_out(together, targets) == []


def feasible(known: Knowledge) -> list[dict]:
    """Return everything that could be, by trying all of it."""
    keys = list(known.bounds)
    most = max(known.truth.values()) + 3
    limits = [(a, b) for a, b in known.at_most if sum(known.truth[k] for k in a) <= sum(known.truth[k] for k in b)]
    found = []
    for values in product(*(range(low, min(high, most) + 1) for low, high in known.bounds.values())):
        guess = known.truth | dict(zip(keys, values, strict=True))
        if all(sum(guess[k] for k in parts) == total for parts, total in known.sums) and all(
            sum(guess[k] for k in a) <= sum(guess[k] for k in b) for a, b in limits
        ):
            found.append(guess)
    return found


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=4))
@settings(max_examples=150, deadline=None)
def test_trying_everything_finds_nothing_either(pairs) -> None:
    """By brute force, without the solver: one period, three or four communes, a measure and its part."""
    totals, girls = np.full((2, 2, 4, 7), NOT_REPORTED)
    for u, (whole, part) in enumerate(pairs):
        totals[:, 1, u] = whole, min(whole, part)
    expected = np.zeros((4, 7), bool)
    expected[1, :5] = True
    reports = np.array([[str(u) for u in range(7)]] * 4, dtype=object)
    reported = Counts(totals, girls, {}, expected, reports)
    known, targets = knowledge_of_masks(reported, mask(SMALL_PROVINCE, reported))
    possible = feasible(known)
    assert known.truth in possible
    for target in targets:
        assert len({sum(guess[k] * sign for k, sign in target.items()) for guess in possible}) > 1
    assert found_out(known, targets) == []


def test_a_warehouse_of_rejected_reports_alone_is_published(tmp_path) -> None:
    (answer,) = load_reports([Incoming("a.xlsx", b"no report")], tmp_path)
    assert answer.status == "rejected"
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as con:
        assert con.execute("SELECT count(*) FROM protection_count").fetchone() == (0,)
