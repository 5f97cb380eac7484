-- The reports of one period that stand, and how many of their warnings were answered. All count for whoever has the right
-- to small counts ($sensitive), for others those that everyone may know of.
WITH told AS (
    SELECT
        submission_id,
        rule,
        sheet,
        cell
    FROM problem
    WHERE severity = 'warning' AND $sensitive
    UNION ALL
    SELECT
        submission_id,
        rule,
        sheet,
        cell
    FROM public_problem
    WHERE severity = 'warning' AND NOT $sensitive
),

warning AS (
    SELECT
        p.submission_id,
        count(*) AS warnings,
        count(a.submission_id) AS answered
    FROM told AS p
    LEFT JOIN (SELECT DISTINCT submission_id, rule, sheet, cell FROM decision WHERE action = 'answered') AS a
        ON
            p.submission_id = a.submission_id AND p.rule = a.rule
            AND p.sheet IS NOT DISTINCT FROM a.sheet AND p.cell IS NOT DISTINCT FROM a.cell
    GROUP BY p.submission_id
)

SELECT
    s.submission_id,
    s.unit_code,
    s.status,
    s.revision,
    s.received_at,
    u.name,
    u.district,
    r.admitted,
    coalesce(w.warnings, 0) AS warnings,
    coalesce(w.answered, 0) AS answered
FROM submission AS s
INNER JOIN received_report AS r ON s.submission_id = r.submission_id
INNER JOIN unit_name AS u ON s.period = u.period AND s.vintage = u.vintage AND s.unit_code = u.code
LEFT JOIN warning AS w ON s.submission_id = w.submission_id
WHERE s.period = $period AND s.status IN ('accepted', 'approved')
ORDER BY s.status, coalesce(w.warnings, 0) - coalesce(w.answered, 0) DESC, s.unit_code
