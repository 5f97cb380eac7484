-- Where each indicator stands against the plan, for all children together.
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
FROM indicator_progress
WHERE population_group = 'total' AND comparator IS NOT NULL
