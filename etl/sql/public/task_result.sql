SELECT
    unit_code,
    vintage,
    period,
    task,
    item,
    value
FROM task_result
ORDER BY task, item, vintage, unit_code, period
