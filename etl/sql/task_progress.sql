-- How communes, districts and the whole province stand with each expectation of the plan's tasks, of their own time and
-- of every later vintage that a commune lies in: sums of numerators and of denominators, and how many communes met it.
-- Parts of a merged unit add up. Where all that was reported reaches the share but a part did not report, the unit is
-- not reported: it may not have done what the others did. What is not due yet has no figures.
-- A district or the province meets it where all communes did of which that can be told, nearly where all but a few per
-- cent did. built_period holds the periods whose rows are built.
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
),

judged AS (
    SELECT
        *,
        CASE
            WHEN NOT due THEN 'not_applicable'
            WHEN units_reported = 0 THEN 'not_reported'
            WHEN numerator < target_fraction * denominator THEN 'missed'
            WHEN units_reported < units_expected THEN 'not_reported'
            WHEN denominator = 0 THEN 'not_applicable'
            ELSE 'met'
        END AS status
    FROM summed
),

commune AS (
    SELECT
        task,
        expectation,
        'commune' AS level,
        unit_code,
        vintage,
        period,
        numerator,
        denominator,
        units_reported,
        units_expected,
        CASE WHEN status = 'met' THEN 1 ELSE 0 END AS communes_met,
        CASE WHEN status = 'missed' THEN 1 ELSE 0 END AS communes_missed,
        CASE WHEN status = 'not_applicable' THEN 1 ELSE 0 END AS communes_not_applicable,
        CASE WHEN status = 'not_reported' THEN 1 ELSE 0 END AS communes_not_reported,
        1 AS communes_expected
    FROM judged
),

counted AS (
    SELECT *
    FROM commune
    UNION ALL
    SELECT
        c.task,
        c.expectation,
        l.level,
        l.unit_code,
        c.vintage,
        c.period,
        CAST(sum(c.numerator) AS DECIMAL(20, 6)) AS numerator,
        CAST(sum(c.denominator) AS DECIMAL(20, 6)) AS denominator,
        CAST(sum(c.units_reported) AS BIGINT) AS units_reported,
        CAST(sum(c.units_expected) AS BIGINT) AS units_expected,
        CAST(sum(c.communes_met) AS BIGINT) AS communes_met,
        CAST(sum(c.communes_missed) AS BIGINT) AS communes_missed,
        CAST(sum(c.communes_not_applicable) AS BIGINT) AS communes_not_applicable,
        CAST(sum(c.communes_not_reported) AS BIGINT) AS communes_not_reported,
        CAST(sum(c.communes_expected) AS BIGINT) AS communes_expected
    FROM commune AS c
    INNER JOIN unit_level AS l ON c.vintage = l.vintage AND c.unit_code = l.commune_code
    WHERE l.level <> 'commune'
    GROUP BY c.task, c.expectation, l.level, l.unit_code, c.vintage, c.period
)

SELECT
    c.*,
    CASE
        WHEN c.communes_met + c.communes_missed > 0 AND c.communes_missed = 0 THEN 'met'
        WHEN
            c.communes_missed > 0
            AND 100 * c.communes_met >= (100 - e.near_margin) * (c.communes_met + c.communes_missed)
            THEN 'near'
        WHEN c.communes_missed > 0 THEN 'missed'
        WHEN c.communes_not_reported > 0 THEN 'not_reported'
        ELSE 'not_applicable'
    END AS status
FROM counted AS c
INNER JOIN task_expectation AS e ON c.period = e.period AND c.expectation = e.expectation
ORDER BY c.level, c.period, c.vintage, c.task, c.expectation, c.unit_code
