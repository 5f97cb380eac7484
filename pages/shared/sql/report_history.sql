-- How every unit of a vintage stood in every period in which it owed a report, in the order of districts and of time.
SELECT
    s.period,
    s.unit_code,
    s.state,
    s.first_reported_on,
    u.name,
    u.district
FROM report_status AS s
INNER JOIN unit AS u ON s.vintage = u.vintage AND s.unit_code = u.code
INNER JOIN period AS q ON s.period = q.period
WHERE s.vintage = $vintage
ORDER BY s.unit_code, q.sequence
