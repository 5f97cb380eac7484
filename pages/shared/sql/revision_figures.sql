-- The figures that a report changed against the revision before it. Sensitive ones stay out.
WITH pair AS (
    SELECT
        s.submission_id,
        b.submission_id AS before_id
    FROM submission AS s
    INNER JOIN submission AS b
        ON s.vintage = b.vintage AND s.unit_code = b.unit_code AND s.period = b.period AND s.revision = b.revision + 1
    WHERE s.submission_id = $submission
)

SELECT
    m.code,
    m.label_vi,
    m.label_en,
    n.population_group,
    b.value AS value_before,
    n.value
FROM pair AS p
INNER JOIN reported_figure AS n ON p.submission_id = n.submission_id
INNER JOIN measure AS m ON n.measure = m.measure
LEFT JOIN reported_figure AS b
    ON p.before_id = b.submission_id AND n.measure = b.measure AND n.population_group = b.population_group
WHERE n.value IS DISTINCT FROM b.value AND NOT m.sensitive
ORDER BY m.code, n.population_group
