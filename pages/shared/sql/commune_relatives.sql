-- The unit that a unit became part of, and the units that it was made of.
SELECT
    'became' AS relation,
    u.vintage,
    u.code,
    u.name,
    u.district
FROM unit_succession AS s
INNER JOIN unit AS u ON s.to_vintage = u.vintage AND s.to_code = u.code
WHERE s.from_vintage = $vintage AND s.from_code = $unit
UNION ALL
SELECT
    'part' AS relation,
    u.vintage,
    u.code,
    u.name,
    u.district
FROM unit_succession AS s
INNER JOIN unit AS u ON s.from_vintage = u.vintage AND s.from_code = u.code
WHERE s.to_vintage = $vintage AND s.to_code = $unit
ORDER BY relation, code
