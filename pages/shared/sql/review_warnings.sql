-- The warnings of one report and what was last answered to each: all of them for whoever has the right to small counts
-- ($sensitive), for others those that everyone may know of.
WITH told AS (
    SELECT
        submission_id,
        rule,
        sheet,
        cell,
        message_vi,
        message_en
    FROM problem
    WHERE submission_id = $submission AND severity = 'warning' AND $sensitive
    UNION ALL
    SELECT
        submission_id,
        rule,
        sheet,
        cell,
        message_vi,
        message_en
    FROM public_problem
    WHERE submission_id = $submission AND severity = 'warning' AND NOT $sensitive
),

answer AS (
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
    t.rule,
    t.sheet,
    t.cell,
    t.message_vi,
    t.message_en,
    a.reason,
    a.decided_by,
    a.decided_at
FROM told AS t
LEFT JOIN answer AS a
    ON
        t.submission_id = a.submission_id AND t.rule = a.rule AND a.from_last = 1
        AND t.sheet IS NOT DISTINCT FROM a.sheet AND t.cell IS NOT DISTINCT FROM a.cell
ORDER BY t.sheet, t.cell, t.rule
