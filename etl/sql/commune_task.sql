-- How each commune stands with each expectation of the plan's tasks.
SELECT
    task,
    expectation,
    period,
    vintage,
    unit_code,
    numerator,
    denominator,
    units_reported,
    units_expected,
    status
FROM task_progress
WHERE level = 'commune'
