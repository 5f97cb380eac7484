SELECT
    task,
    item,
    level,
    unit_code,
    vintage,
    period,
    CAST(value AS DOUBLE) AS value,
    units_reported,
    units_expected
FROM task_total
ORDER BY task, item, level, vintage, unit_code, period
