-- What is said of the sensitive figures of one report: for whoever has the right to small counts alone.
SELECT
    p.rule,
    p.sheet,
    p.cell,
    p.message_vi,
    p.message_en
FROM problem AS p
INNER JOIN public_problem AS s
    ON
        p.submission_id = s.submission_id AND p.rule = s.rule
        AND p.sheet IS NOT DISTINCT FROM s.sheet AND p.cell IS NOT DISTINCT FROM s.cell
        AND p.measure IS NOT DISTINCT FROM s.measure
WHERE s.masked AND p.severity = 'warning' AND p.submission_id = $submission
