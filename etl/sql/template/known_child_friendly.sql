-- The last stage that a unit itself reported up to a period; a merged unit declares its stage anew.
SELECT
    c.stage,
    c.registered_on,
    c.registration_document,
    c.recognised_on,
    c.recognition_decision
FROM reported_child_friendly AS c
INNER JOIN standing_report AS r ON c.submission_id = r.submission_id
INNER JOIN period AS p ON r.period = p.period
WHERE
    r.vintage = $vintage AND r.unit_code = $code
    AND c.stage IS NOT NULL
    AND p.sequence <= (SELECT f.sequence FROM period AS f WHERE f.period = $period)
ORDER BY p.sequence DESC
LIMIT 1
