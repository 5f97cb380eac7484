-- Each commune as part of itself, of its district where it has one, and of the whole province.
SELECT
    vintage,
    code AS commune_code,
    'commune' AS level,
    code AS unit_code
FROM unit
UNION ALL
SELECT
    vintage,
    code AS commune_code,
    'district' AS level,
    district_code AS unit_code
FROM unit
WHERE district_code IS NOT NULL
UNION ALL
SELECT
    u.vintage,
    u.code AS commune_code,
    'province' AS level,
    p.code AS unit_code
FROM unit AS u
CROSS JOIN province AS p
