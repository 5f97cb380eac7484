-- Every report that is owed, in each unit that it counts for: its own, and every later one that the unit became part of.
SELECT
    e.period,
    r.from_vintage,
    r.from_code,
    r.to_vintage AS vintage,
    r.to_code AS unit_code
FROM expected_report AS e
INNER JOIN unit_rollup AS r ON e.vintage = r.from_vintage AND e.unit_code = r.from_code
