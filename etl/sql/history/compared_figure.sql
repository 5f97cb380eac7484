-- Each reported total beside the one that it is compared with: a stock beside the last cut-off, a flow beside the
-- same part of the year before. Compared with the reports that stood when this one came, so that a rebuild finds
-- the same. A merged unit is compared with the sum of its parts, where all of them reported.
WITH figure AS (
    SELECT
        f.submission_id,
        f.sheet,
        f.cell,
        f.measure,
        f.value,
        CASE m.flow WHEN 'stock' THEN p.period_before ELSE p.year_before END AS compared_period
    FROM staged_figure AS f
    INNER JOIN staged_report AS r ON f.submission_id = r.submission_id
    INNER JOIN measure AS m ON f.measure = m.measure
    INNER JOIN period AS p ON r.period = p.period
    WHERE f.population_group = 'total' AND f.value IS NOT NULL AND r.accepted
),

part AS (
    SELECT
        r.submission_id,
        r.received_at,
        q.period,
        u.from_vintage AS vintage,
        u.from_code AS unit_code
    FROM staged_report AS r
    INNER JOIN period AS p ON r.period = p.period
    INNER JOIN period AS q ON q.period = p.period_before OR q.period = p.year_before
    INNER JOIN unit_rollup AS u
        ON r.vintage = u.to_vintage AND r.unit_code = u.to_code AND q.vintage = u.from_vintage
    WHERE r.accepted
),

standing AS (
    SELECT
        p.submission_id,
        p.period,
        p.unit_code,
        h.submission_id AS earlier_id,
        row_number() OVER (
            PARTITION BY p.submission_id, p.period, p.unit_code ORDER BY h.received_at DESC
        ) AS from_last
    FROM part AS p
    LEFT JOIN history_report AS h
        ON
            p.vintage = h.vintage AND p.unit_code = h.unit_code AND p.period = h.period
            AND h.accepted AND h.received_at < p.received_at
)

SELECT
    f.submission_id,
    f.sheet,
    f.cell,
    f.measure,
    f.value,
    f.compared_period,
    sum(e.value) AS earlier_value
FROM figure AS f
INNER JOIN standing AS s ON f.submission_id = s.submission_id AND f.compared_period = s.period AND s.from_last = 1
LEFT JOIN history_figure AS e
    ON s.earlier_id = e.submission_id AND f.measure = e.measure AND e.population_group = 'total'
GROUP BY f.submission_id, f.sheet, f.cell, f.measure, f.value, f.compared_period
HAVING count(e.value) = count(*)
