-- What is said of reports, for everyone to read. Sensitive: about a sensitive figure, or about one that is held against
-- sensitive ones, so that the message would name the largest or the sum of these. That a sensitive figure jumped is left
-- out altogether: beside one that is shown, it tells how small a masked one was.
SELECT
    p.submission_id,
    p.severity,
    p.rule,
    p.sheet,
    p.cell,
    p.measure,
    coalesce(m.sensitive, FALSE) OR h.measure IS NOT NULL AS masked,
    CASE WHEN m.sensitive OR h.measure IS NOT NULL THEN NULL ELSE p.message_vi END AS message_vi,
    CASE WHEN m.sensitive OR h.measure IS NOT NULL THEN NULL ELSE p.message_en END AS message_en
FROM problem AS p
LEFT JOIN measure AS m ON p.measure = m.measure
LEFT JOIN (
    SELECT DISTINCT r.measure
    FROM measure_rule AS r
    INNER JOIN measure AS o ON r.operand = o.measure
    WHERE o.sensitive
) AS h ON p.measure = h.measure AND p.rule IN ('above_limit', 'below_minimum')
WHERE p.rule <> 'large_jump' OR NOT coalesce(m.sensitive, FALSE)
