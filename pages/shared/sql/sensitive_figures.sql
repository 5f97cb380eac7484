-- The sensitive figures of one report as they came: for whoever has the right to small counts alone.
SELECT
    m.code,
    m.label_vi,
    m.label_en,
    f.population_group,
    f.value
FROM reported_figure AS f
INNER JOIN measure AS m ON f.measure = m.measure
WHERE m.sensitive AND f.submission_id = $submission
ORDER BY m.code, f.population_group
