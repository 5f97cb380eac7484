-- Totals that a revision changed by more than half of what the accepted revision before it said.
-- Where either did not report the total, nothing was changed. Sensitive measures stay out.
-- built_period holds the periods whose rows are built.
WITH revised AS (
    SELECT
        s.*,
        b.submission_id AS submission_before
    FROM submission AS s
    INNER JOIN built_period AS t ON s.period = t.period
    INNER JOIN submission AS b
        ON
            s.period = b.period AND s.vintage = b.vintage AND s.unit_code = b.unit_code
            AND s.revision = b.revision + 1
),

total AS (
    SELECT
        f.submission_id,
        f.period,
        m.code,
        m.measure,
        f.value
    FROM reported_figure AS f
    INNER JOIN measure AS m ON f.measure = m.measure
    WHERE
        f.population_group = 'total' AND NOT m.sensitive AND f.period IN (SELECT b.period FROM built_period AS b)
        AND f.submission_id IN (
            SELECT r.submission_id FROM revised AS r
            UNION ALL
            SELECT r.submission_before FROM revised AS r
        )
)

SELECT
    r.period,
    r.vintage,
    r.unit_code,
    r.submission_id,
    r.revision,
    r.received_at,
    n.measure,
    b.value AS value_before,
    n.value AS value_after
FROM revised AS r
INNER JOIN total AS n ON r.period = n.period AND r.submission_id = n.submission_id
INNER JOIN total AS b
    ON r.period = b.period AND r.submission_before = b.submission_id AND n.measure = b.measure
WHERE 2 * abs(n.value - b.value) > b.value
ORDER BY r.period, r.vintage, r.unit_code, r.revision, n.code
