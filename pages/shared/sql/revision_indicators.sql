-- The indicators of a report's own unit as they were by the revision before it, and as they are by this one.
WITH pair AS (
    SELECT
        s.submission_id,
        b.submission_id AS before_id
    FROM submission AS s
    INNER JOIN submission AS b
        ON s.vintage = b.vintage AND s.unit_code = b.unit_code AND s.period = b.period AND s.revision = b.revision + 1
    WHERE s.submission_id = $submission
),

figure AS (
    SELECT
        submission_id,
        measure,
        value
    FROM reported_figure
    WHERE population_group = 'total'
)

SELECT
    i.indicator,
    i.short_vi,
    i.short_en,
    nb.value AS numerator_before,
    db.value AS denominator_before,
    n.value AS numerator,
    d.value AS denominator
FROM pair AS p
CROSS JOIN indicator AS i
LEFT JOIN figure AS nb ON p.before_id = nb.submission_id AND i.numerator = nb.measure
LEFT JOIN figure AS db ON p.before_id = db.submission_id AND i.denominator = db.measure
LEFT JOIN figure AS n ON p.submission_id = n.submission_id AND i.numerator = n.measure
LEFT JOIN figure AS d ON p.submission_id = d.submission_id AND i.denominator = d.measure
WHERE
    i.kind = 'ratio'
    AND (nb.value IS DISTINCT FROM n.value OR db.value IS DISTINCT FROM d.value)
ORDER BY i.sequence
