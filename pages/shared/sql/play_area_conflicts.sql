-- Communes whose list of play areas contradicts what they report as built, those without any in operation first.
SELECT
    c.unit_code,
    u.name,
    u.district,
    c.built,
    c.working_sites,
    c.listed_sites
FROM play_area_conflict AS c
INNER JOIN unit AS u ON c.vintage = u.vintage AND c.unit_code = u.code
WHERE c.period = $period
ORDER BY c.working_sites, c.built DESC, c.unit_code
