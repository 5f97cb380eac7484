-- What each commune has to play on, those whose children live furthest from a play area first.
SELECT
    c.*,
    u.name,
    u.district,
    p.lat,
    p.lon,
    n.name AS nearest_unit_name
FROM commune_play_area AS c
INNER JOIN unit AS p ON c.vintage = p.vintage AND c.unit_code = p.code
INNER JOIN unit_name AS u ON c.period = u.period AND c.vintage = u.vintage AND c.unit_code = u.code
LEFT JOIN unit_name AS n
    ON c.period = n.period AND c.nearest_vintage = n.vintage AND c.nearest_unit_code = n.code
WHERE c.period = $period AND c.vintage = $vintage
ORDER BY c.has_play_area NULLS LAST, c.nearest_m DESC NULLS LAST, c.unit_code
