-- What was done for the plan's tasks. value NULL is not reported. Looked up like the figures of observation.
SELECT
    s.unit_code,
    s.vintage,
    s.period,
    t.task,
    t.item,
    t.value
FROM reported_task AS t
INNER JOIN standing_report AS s ON t.period = s.period AND t.submission_id = s.submission_id
