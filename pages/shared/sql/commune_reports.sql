-- Every report that one unit sent, the newest first, and how many problems each had that everyone may know of.
-- A revision is as late as the report that it revises.
SELECT
    s.period,
    s.revision,
    s.status,
    s.received_at,
    s.file_name,
    coalesce(f.dated_on, r.dated_on) > q.due_on AS late,
    coalesce(p.errors, 0) AS errors,
    coalesce(p.warnings, 0) AS warnings
FROM submission AS s
INNER JOIN received_report AS r ON s.submission_id = r.submission_id
INNER JOIN period AS q ON s.period = q.period
LEFT JOIN (
    SELECT
        b.vintage,
        b.unit_code,
        b.period,
        b.received_at,
        c.dated_on
    FROM submission AS b
    INNER JOIN received_report AS c ON b.submission_id = c.submission_id
    WHERE b.revision = 1
) AS f
    ON s.vintage = f.vintage AND s.unit_code = f.unit_code AND s.period = f.period AND f.received_at < s.received_at
LEFT JOIN (
    SELECT
        submission_id,
        sum(CASE WHEN severity = 'error' THEN 1 ELSE 0 END) AS errors,
        sum(CASE WHEN severity = 'warning' THEN 1 ELSE 0 END) AS warnings
    FROM public_problem
    GROUP BY submission_id
) AS p ON s.submission_id = p.submission_id
WHERE s.unit_code = $unit AND s.vintage = $vintage
ORDER BY s.received_at DESC, s.submission_id
