-- Each expectation for communes, districts and the whole province: sums of numerators and of denominators, and how many
-- communes met it. It is met where all communes did of which that can be told, nearly where all but a few per cent did.
WITH commune AS (
    SELECT
        task,
        expectation,
        'commune' AS level,
        unit_code,
        vintage,
        period,
        numerator,
        denominator,
        CASE WHEN status = 'met' THEN 1 ELSE 0 END AS communes_met,
        CASE WHEN status = 'missed' THEN 1 ELSE 0 END AS communes_missed,
        CASE WHEN status = 'not_applicable' THEN 1 ELSE 0 END AS communes_not_applicable,
        CASE WHEN status = 'not_reported' THEN 1 ELSE 0 END AS communes_not_reported,
        1 AS communes_expected
    FROM commune_task
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
ORDER BY c.task, c.expectation, c.level, c.vintage, c.period, c.unit_code
