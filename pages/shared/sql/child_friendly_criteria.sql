-- The points of the communes that scored themselves, criterion by criterion. points NULL is not scored.
SELECT
    c.unit_code,
    u.name,
    u.district,
    c.criterion,
    c.points_max,
    c.points
FROM child_friendly_criterion AS c
INNER JOIN child_friendly_readiness AS r
    ON c.unit_code = r.unit_code AND c.vintage = r.vintage AND c.period = r.period
INNER JOIN unit_name AS u ON c.period = u.period AND c.vintage = u.vintage AND c.unit_code = u.code
WHERE c.period = $period AND r.score IS NOT NULL
ORDER BY r.score, c.unit_code, c.criterion
