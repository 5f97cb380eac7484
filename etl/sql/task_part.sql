-- Each result of the tasks that a report owes, in each unit that the report counts for. value NULL is not reported.
SELECT
    i.task,
    i.item,
    r.vintage,
    r.unit_code,
    r.period,
    CAST(t.value AS DECIMAL(18, 6)) AS value
FROM task_item AS i
CROSS JOIN report_part AS r
LEFT JOIN task_result AS t
    ON i.item = t.item AND r.period = t.period AND r.from_vintage = t.vintage AND r.from_code = t.unit_code
