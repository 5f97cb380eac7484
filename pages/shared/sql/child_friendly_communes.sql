-- Every commune that owes a report and how far it is on the way to being child-friendly; stage NULL: not reported.
SELECT
    u.code AS unit_code,
    u.name,
    u.district,
    r.stage,
    r.registered_on,
    r.recognised_on,
    r.score,
    t.points AS threshold,
    r.points_short,
    r.criteria_at_zero,
    r.criteria_unscored,
    r.ready
FROM expected_report AS e
INNER JOIN unit_name AS u ON e.period = u.period AND e.vintage = u.vintage AND e.unit_code = u.code
INNER JOIN recognition_threshold AS t
    ON e.vintage = t.vintage AND e.unit_code = t.unit_code AND e.period = t.period
LEFT JOIN child_friendly_readiness AS r
    ON e.vintage = r.vintage AND e.unit_code = r.unit_code AND e.period = r.period
WHERE e.period = $period
ORDER BY r.ready DESC NULLS LAST, r.points_short NULLS LAST, r.criteria_at_zero, u.code
