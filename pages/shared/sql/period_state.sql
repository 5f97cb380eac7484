-- Whether a period is closed, since when, by whom and why; how many of its reports are approved; how many were let in
-- after it was closed.
SELECT
    count(*) AS reports,
    coalesce(sum(CASE WHEN s.status = 'approved' THEN 1 ELSE 0 END), 0) AS approved,
    coalesce(sum(CASE WHEN r.admitted THEN 1 ELSE 0 END), 0) AS admitted,
    coalesce(bool_or(t.closed), FALSE) AS closed,
    max(t.decided_at) AS decided_at,
    max(t.decided_by) AS decided_by,
    max(t.reason) AS reason
FROM submission AS s
INNER JOIN received_report AS r ON s.submission_id = r.submission_id
LEFT JOIN period_state AS t ON s.period = t.period
WHERE s.period = $period AND s.status IN ('accepted', 'approved')
