-- Without file names, which people choose freely, and without sha256, see submission_number.
SELECT
    n.number AS submission_id,
    s.unit_code,
    s.vintage,
    s.period,
    s.revision,
    s.status,
    s.received_at,
    s.reported_on
FROM submission AS s
INNER JOIN submission_number AS n ON s.submission_id = n.submission_id
ORDER BY n.number
