-- How far one unit was on the way to being child-friendly in each period that it reported.
SELECT
    r.*,
    q.cut_off
FROM child_friendly_readiness AS r
INNER JOIN period AS q ON r.period = q.period
WHERE r.unit_code = $unit AND r.vintage = $vintage
ORDER BY q.sequence
