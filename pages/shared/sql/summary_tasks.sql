-- How every commune stands with each of the plan's tasks as a whole.
SELECT
    s.unit_code,
    s.task,
    s.status
FROM commune_task_state AS s
WHERE s.period = $period AND s.vintage = $vintage
ORDER BY s.unit_code, s.task
