-- How many communes went from which stage to which, from one cut-off to the next of the same units.
-- Only whole years and the chosen period are steps, so that a year is one step.
WITH step AS (
    SELECT
        p.period,
        p.sequence,
        lag(p.period) OVER (ORDER BY p.sequence) AS period_before
    FROM period AS p
    INNER JOIN period AS chosen ON p.vintage = chosen.vintage AND p.sequence <= chosen.sequence
    WHERE
        chosen.period = $period
        AND (p.period NOT LIKE '%-H1' OR p.period = chosen.period)
        AND p.period IN (SELECT e.period FROM expected_report AS e)
),

stage AS (
    SELECT
        e.period,
        e.unit_code,
        coalesce(c.stage, 'not_reported') AS stage
    FROM expected_report AS e
    LEFT JOIN child_friendly AS c
        ON e.period = c.period AND e.vintage = c.vintage AND e.unit_code = c.unit_code
)

SELECT
    s.period_before,
    s.period,
    b.stage AS stage_before,
    n.stage,
    count(*) AS communes
FROM step AS s
INNER JOIN stage AS n ON s.period = n.period
LEFT JOIN stage AS b ON s.period_before = b.period AND n.unit_code = b.unit_code
GROUP BY s.sequence, s.period_before, s.period, b.stage, n.stage
ORDER BY s.sequence, b.stage, n.stage
