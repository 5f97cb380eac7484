-- How the totals of each staged report differ from the report that it would replace, or, where it is the first of its
-- period, from the cut-off that they are compared with; those that moved most first. Sensitive figures stay out.
WITH standing AS (
    SELECT
        s.submission_id,
        h.submission_id AS standing_id,
        row_number() OVER (PARTITION BY s.submission_id ORDER BY h.received_at DESC) AS from_last
    FROM staged_report AS s
    INNER JOIN history_report AS h
        ON
            s.vintage = h.vintage AND s.unit_code = h.unit_code AND s.period = h.period
            AND h.accepted AND h.submission_id <> s.submission_id AND h.received_at < s.received_at
),

changed AS (
    SELECT
        f.submission_id,
        f.measure,
        f.value,
        o.value AS standing_value,
        c.earlier_value,
        c.compared_period,
        CASE WHEN s.standing_id IS NULL THEN c.earlier_value ELSE o.value END AS before_value
    FROM staged_figure AS f
    INNER JOIN measure AS m ON f.measure = m.measure
    LEFT JOIN standing AS s ON f.submission_id = s.submission_id AND s.from_last = 1
    LEFT JOIN history_figure AS o
        ON s.standing_id = o.submission_id AND f.measure = o.measure AND o.population_group = 'total'
    LEFT JOIN compared_figure AS c ON f.submission_id = c.submission_id AND f.measure = c.measure
    WHERE
        f.population_group = 'total' AND NOT m.sensitive
        AND (s.standing_id IS NOT NULL OR c.compared_period IS NOT NULL)
)

SELECT
    submission_id,
    measure,
    value,
    standing_value,
    CAST(earlier_value AS BIGINT) AS earlier_value,
    compared_period
FROM changed
WHERE value IS DISTINCT FROM before_value
ORDER BY submission_id, abs(value - before_value) * 1.0 / (1 + before_value) DESC NULLS FIRST, measure
