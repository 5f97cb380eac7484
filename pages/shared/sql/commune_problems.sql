-- Everything that was wrong with the reports of one unit for one period. What is said of sensitive figures stays out.
SELECT
    p.severity,
    p.sheet,
    p.cell,
    p.message_vi,
    p.message_en,
    s.file_name
FROM public_problem AS p
INNER JOIN submission AS s ON p.submission_id = s.submission_id
WHERE s.unit_code = $unit AND s.vintage = $vintage AND s.period = $period
ORDER BY s.received_at DESC, p.severity, p.sheet, p.cell, p.rule
