-- Everything that happened to reports: each that came in, and each decision; the newest first.
SELECT
    s.received_at AS happened_at,
    CASE s.status WHEN 'rejected' THEN 'rejected' ELSE 'received' END AS action,
    s.period,
    s.unit_code,
    u.name,
    NULL AS decided_by,
    s.file_name AS about,
    NULL AS reason
FROM submission AS s
LEFT JOIN unit_name AS u ON s.period = u.period AND s.vintage = u.vintage AND s.unit_code = u.code
UNION ALL
SELECT
    d.decided_at AS happened_at,
    d.action,
    d.period,
    coalesce(d.unit_code, s.unit_code) AS unit_code,
    u.name,
    d.decided_by,
    coalesce(s.file_name, f.file_name) AS about,
    d.reason
FROM decision AS d
LEFT JOIN period AS p ON d.period = p.period
LEFT JOIN submission AS s ON d.submission_id = s.submission_id
LEFT JOIN (SELECT sha256, min(file_name) AS file_name FROM received_report GROUP BY sha256) AS f
    ON d.sha256 = f.sha256
LEFT JOIN unit_name AS u
    ON d.period = u.period AND p.vintage = u.vintage AND coalesce(d.unit_code, s.unit_code) = u.code
ORDER BY happened_at DESC, action, unit_code
