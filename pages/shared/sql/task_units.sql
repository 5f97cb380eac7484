-- Every commune with every expectation of one task, under the names of its time. Who misses most comes first, then who
-- did not report.
SELECT
    c.*,
    s.status AS task_status,
    u.name,
    u.district
FROM commune_task AS c
INNER JOIN commune_task_state AS s
    ON c.task = s.task AND c.period = s.period AND c.vintage = s.vintage AND c.unit_code = s.unit_code
INNER JOIN task_expectation AS e ON c.period = e.period AND c.expectation = e.expectation
INNER JOIN unit_name AS u ON c.period = u.period AND c.vintage = u.vintage AND c.unit_code = u.code
WHERE c.task = CAST($task AS INTEGER) AND c.period = $period AND c.vintage = $vintage
ORDER BY
    s.expectations_missed DESC,
    s.expectations_not_reported DESC,
    s.expectations_met,
    u.district,
    u.name,
    c.unit_code,
    e.sequence
