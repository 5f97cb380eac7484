-- How each commune stands with each expectation of the plan's tasks, of its own time and of every later vintage that it
-- lies in. Parts of a merged unit add up. Where all that was reported reaches the share but a part did not report, the
-- unit is not reported: it may not have done what the others did. What is not due yet has no figures.
-- built_period holds the periods whose rows are built.
WITH asked AS (
    SELECT e.expectation AS quantity
    FROM task_expectation AS e
    INNER JOIN built_period AS b ON e.period = b.period
    WHERE e.due
    UNION
    SELECT e.denominator AS quantity
    FROM task_expectation AS e
    INNER JOIN built_period AS b ON e.period = b.period
    WHERE e.due
),

reported AS (
    SELECT
        unit_code,
        vintage,
        period,
        item AS quantity,
        CAST(value AS DECIMAL(18, 6)) AS value
    FROM task_result
    WHERE item IN (SELECT a.quantity FROM asked AS a) AND period IN (SELECT b.period FROM built_period AS b)
    UNION ALL
    SELECT
        unit_code,
        vintage,
        period,
        measure AS quantity,
        CAST(value AS DECIMAL(18, 6)) AS value
    FROM observation
    WHERE
        population_group = 'total' AND measure IN (SELECT a.quantity FROM asked AS a)
        AND period IN (SELECT b.period FROM built_period AS b)
    UNION ALL
    SELECT
        unit_code,
        vintage,
        period,
        'report_on_time' AS quantity,
        CAST(CASE state WHEN 'on_time' THEN 1 WHEN 'late' THEN 0 END AS DECIMAL(18, 6)) AS value
    FROM report_status
    WHERE period IN (SELECT b.period FROM built_period AS b)
),

pair AS (
    SELECT
        e.task,
        e.expectation,
        e.target_fraction,
        e.due,
        r.period,
        r.vintage,
        r.unit_code,
        CASE
            WHEN NOT e.due THEN NULL
            WHEN e.denominator IS NULL AND n.value >= e.minimum THEN 1
            WHEN e.denominator IS NULL AND n.value < e.minimum THEN 0
            WHEN d.value IS NOT NULL THEN n.value
        END AS numerator,
        CASE
            WHEN NOT e.due OR n.value IS NULL THEN NULL
            WHEN e.denominator IS NULL THEN 1
            ELSE d.value
        END AS denominator
    FROM task_expectation AS e
    INNER JOIN report_part AS r ON e.period = r.period
    LEFT JOIN reported AS n
        ON
            e.expectation = n.quantity AND r.period = n.period AND r.from_vintage = n.vintage
            AND r.from_code = n.unit_code
    LEFT JOIN reported AS d
        ON
            e.denominator = d.quantity AND r.period = d.period AND r.from_vintage = d.vintage
            AND r.from_code = d.unit_code
),

summed AS (
    SELECT
        task,
        expectation,
        target_fraction,
        due,
        period,
        vintage,
        unit_code,
        CAST(sum(numerator) AS DECIMAL(20, 6)) AS numerator,
        CAST(sum(denominator) AS DECIMAL(20, 6)) AS denominator,
        count(numerator) AS units_reported,
        count(*) AS units_expected
    FROM pair
    GROUP BY task, expectation, target_fraction, due, period, vintage, unit_code
)

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
    CASE
        WHEN NOT due THEN 'not_applicable'
        WHEN units_reported = 0 THEN 'not_reported'
        WHEN numerator < target_fraction * denominator THEN 'missed'
        WHEN units_reported < units_expected THEN 'not_reported'
        WHEN denominator = 0 THEN 'not_applicable'
        ELSE 'met'
    END AS status
FROM summed
ORDER BY task, expectation, period, vintage, unit_code
