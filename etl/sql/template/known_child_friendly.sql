-- The stage that a unit named in its last report.
SELECT
    c.stage,
    c.registered_on,
    c.registration_document,
    c.recognised_on,
    c.recognition_decision
FROM reported_child_friendly AS c
INNER JOIN standing_report AS r ON c.submission_id = r.submission_id
INNER JOIN period AS p ON r.period = p.period
WHERE r.vintage = $vintage AND r.unit_code = $code
ORDER BY p.sequence DESC
LIMIT 1
