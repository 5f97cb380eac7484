-- Totals that a revision changed by more than half of what the accepted revision before it said.
-- Where either did not report the total, nothing was changed. Sensitive measures stay out.
SELECT
    s.period,
    s.vintage,
    s.unit_code,
    s.submission_id,
    s.revision,
    s.received_at,
    n.measure,
    b.value AS value_before,
    n.value AS value_after
FROM submission AS s
INNER JOIN submission AS e
    ON
        s.period = e.period AND s.vintage = e.vintage AND s.unit_code = e.unit_code
        AND s.revision = e.revision + 1
INNER JOIN reported_figure AS n ON s.submission_id = n.submission_id AND n.population_group = 'total'
INNER JOIN reported_figure AS b
    ON e.submission_id = b.submission_id AND n.measure = b.measure AND b.population_group = 'total'
INNER JOIN measure AS m ON n.measure = m.measure
WHERE NOT m.sensitive AND 2 * abs(n.value - b.value) > b.value
ORDER BY s.period, s.vintage, s.unit_code, s.revision, m.code
