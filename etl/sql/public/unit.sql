SELECT
    vintage,
    code,
    name,
    unit_type,
    district_code,
    district,
    lat,
    lon
FROM unit
ORDER BY vintage, code
