-- Every play area reported in one period, under the unit of the chosen vintage that it lies in.
SELECT
    s.unit_code,
    s.name,
    s.hamlet,
    s.kind,
    s.lat,
    s.lon,
    s.area_m2,
    CAST(s.since_year AS VARCHAR) AS since_year,
    s.condition,
    s.counts,
    u.name AS unit_name,
    u.name_order,
    u.district
FROM play_area_site AS s
INNER JOIN unit_name AS u ON s.period = u.period AND s.vintage = u.vintage AND s.unit_code = u.code
WHERE s.period = $period AND s.vintage = $vintage
ORDER BY u.name_order, s.unit_code, s.name, s.hamlet
