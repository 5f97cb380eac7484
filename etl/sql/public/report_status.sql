-- Without the numbers of problems: some are about sensitive figures.
SELECT
    r.period,
    r.vintage,
    r.unit_code,
    r.state,
    n.number AS submission_id,
    r.first_reported_on,
    r.revisions,
    l.number AS last_submission_id,
    r.last_received_at,
    r.children_under16,
    r.children_period
FROM report_status AS r
LEFT JOIN submission_number AS n ON r.submission_id = n.submission_id
LEFT JOIN submission_number AS l ON r.last_submission_id = l.submission_id
ORDER BY r.vintage, r.unit_code, r.period
