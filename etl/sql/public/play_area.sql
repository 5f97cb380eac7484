SELECT
    n.number AS submission_id,
    a.unit_code,
    a.vintage,
    a.period,
    a.name,
    a.hamlet,
    a.kind,
    a.lat,
    a.lon,
    a.area_m2,
    a.since_year,
    a.condition,
    a.accessible
FROM play_area AS a
INNER JOIN submission_number AS n ON a.submission_id = n.submission_id
ORDER BY a.vintage, a.unit_code, a.period, a.name, a.hamlet, a.lat, a.lon, a.kind, a.area_m2, a.condition
