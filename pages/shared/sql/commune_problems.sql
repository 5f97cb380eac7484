-- Everything that was wrong with the reports of one unit for one period. What is said of sensitive figures stays out.
SELECT
    p.severity,
    p.rule,
    p.sheet,
    p.cell,
    coalesce(m.sensitive, FALSE) AS masked,
    CASE WHEN m.sensitive THEN NULL ELSE p.message_vi END AS message_vi,
    CASE WHEN m.sensitive THEN NULL ELSE p.message_en END AS message_en,
    s.file_name,
    s.received_at
FROM problem AS p
INNER JOIN submission AS s ON p.submission_id = s.submission_id
LEFT JOIN measure AS m ON p.measure = m.measure
WHERE s.unit_code = $unit AND s.vintage = $vintage AND s.period = $period
ORDER BY s.received_at DESC, p.severity, p.sheet, p.cell, p.rule
