-- Every play area in the unit that reported it, and in every later unit that its place lies in.
SELECT
    a.period,
    r.to_vintage AS vintage,
    r.to_code AS unit_code,
    a.vintage AS reporting_vintage,
    a.unit_code AS reporting_unit_code,
    a.name,
    a.hamlet,
    a.kind,
    a.lat,
    a.lon,
    a.area_m2,
    a.since_year,
    a.condition,
    a.accessible,
    c.counts
FROM play_area AS a
INNER JOIN unit_rollup AS r ON a.vintage = r.from_vintage AND a.unit_code = r.from_code
INNER JOIN play_area_condition AS c ON a.condition = c.condition
ORDER BY a.period, r.to_vintage, r.to_code, a.name, a.hamlet, a.lat, a.lon
