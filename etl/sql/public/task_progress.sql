SELECT
    task,
    expectation,
    level,
    unit_code,
    vintage,
    period,
    CAST(numerator AS DOUBLE) AS numerator,
    CAST(denominator AS DOUBLE) AS denominator,
    communes_met,
    communes_missed,
    communes_not_applicable,
    communes_not_reported,
    communes_expected,
    status
FROM task_progress
ORDER BY task, expectation, level, vintage, unit_code, period
