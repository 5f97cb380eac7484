-- The play areas that count, as reported.
SELECT
    p.submission_id,
    s.unit_code,
    s.vintage,
    s.period,
    p.name,
    p.hamlet,
    p.kind,
    p.lat,
    p.lon,
    p.area_m2,
    p.since_year,
    p.condition,
    p.accessible
FROM reported_play_area AS p
INNER JOIN standing_report AS s ON p.period = s.period AND p.submission_id = s.workbook_id
ORDER BY s.period, s.vintage, s.unit_code, p.name, p.hamlet, p.lat, p.lon
