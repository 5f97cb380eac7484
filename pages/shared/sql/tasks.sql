-- What the plan expects of every commune, for the whole province in the order of the plan, beside how many communes
-- did all, a part or nothing of the whole task.
WITH state AS (
    SELECT
        task,
        CAST(sum(CASE WHEN status = 'met' THEN 1 ELSE 0 END) AS BIGINT) AS communes_all,
        CAST(sum(CASE WHEN status = 'partly' THEN 1 ELSE 0 END) AS BIGINT) AS communes_partly,
        CAST(sum(CASE WHEN status = 'missed' THEN 1 ELSE 0 END) AS BIGINT) AS communes_none,
        CAST(sum(CASE WHEN status = 'not_reported' THEN 1 ELSE 0 END) AS BIGINT) AS communes_unknown
    FROM commune_task_state
    WHERE period = $period AND vintage = $vintage
    GROUP BY task
)

SELECT
    p.*,
    e.due,
    s.communes_all,
    s.communes_partly,
    s.communes_none,
    s.communes_unknown
FROM task_progress AS p
INNER JOIN task_expectation AS e ON p.period = e.period AND p.expectation = e.expectation
INNER JOIN state AS s ON p.task = s.task
WHERE p.level = 'province' AND p.period = $period AND p.vintage = $vintage
ORDER BY e.sequence
