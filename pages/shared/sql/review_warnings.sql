-- The warnings of one report and what was last answered to each. What is said of sensitive figures stays out.
WITH answer AS (
    SELECT
        submission_id,
        rule,
        sheet,
        cell,
        reason,
        decided_by,
        decided_at,
        row_number() OVER (PARTITION BY submission_id, rule, sheet, cell ORDER BY decision_id DESC) AS from_last
    FROM decision
    WHERE action = 'answered'
)

SELECT
    p.rule,
    p.sheet,
    p.cell,
    p.message_vi,
    p.message_en,
    a.reason,
    a.decided_by,
    a.decided_at
FROM public_problem AS p
LEFT JOIN answer AS a
    ON
        p.submission_id = a.submission_id AND p.rule = a.rule AND a.from_last = 1
        AND p.sheet IS NOT DISTINCT FROM a.sheet AND p.cell IS NOT DISTINCT FROM a.cell
WHERE p.submission_id = $submission AND p.severity = 'warning'
ORDER BY p.sheet, p.cell, p.rule
