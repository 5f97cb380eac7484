SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    value,
    comparator,
    target_value,
    met,
    gap,
    status
FROM progress
ORDER BY indicator, level, vintage, unit_code, period
