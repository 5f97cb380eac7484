-- Every warning about the reports that stand for a period. What is said of sensitive figures stays out.
SELECT
    s.unit_code,
    u.name,
    u.district,
    p.rule,
    p.sheet,
    p.cell,
    CASE WHEN m.sensitive THEN NULL ELSE p.message_vi END AS message_vi,
    CASE WHEN m.sensitive THEN NULL ELSE p.message_en END AS message_en
FROM problem AS p
INNER JOIN standing_report AS s ON p.submission_id = s.submission_id
INNER JOIN unit AS u ON s.vintage = u.vintage AND s.unit_code = u.code
LEFT JOIN measure AS m ON p.measure = m.measure
WHERE p.severity = 'warning' AND s.period = $period
ORDER BY u.name, s.unit_code, p.sheet, p.cell, p.rule
