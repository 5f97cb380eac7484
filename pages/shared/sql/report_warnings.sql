-- Every warning about the reports that stand for a period. What is said of sensitive figures stays out.
SELECT
    s.unit_code,
    u.name,
    u.district,
    p.rule,
    p.sheet,
    p.cell,
    p.message_vi,
    p.message_en
FROM public_problem AS p
INNER JOIN standing_report AS s ON p.submission_id = s.submission_id
INNER JOIN unit AS u ON s.vintage = u.vintage AND s.unit_code = u.code
WHERE p.severity = 'warning' AND s.period = $period
ORDER BY s.unit_code, p.sheet, p.cell, p.rule
