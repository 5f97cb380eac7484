-- What each commune has to play on, those whose children live furthest from a play area first.
SELECT
    c.*,
    u.name,
    u.district,
    u.lat,
    u.lon,
    n.name AS nearest_unit_name
FROM commune_play_area AS c
INNER JOIN unit AS u ON c.vintage = u.vintage AND c.unit_code = u.code
LEFT JOIN unit AS n ON c.nearest_vintage = n.vintage AND c.nearest_unit_code = n.code
WHERE c.period = $period AND c.vintage = $vintage
ORDER BY c.has_play_area NULLS LAST, c.nearest_m DESC NULLS LAST, c.unit_code
