SELECT
    vintage,
    unit_code,
    period,
    has_play_area,
    sites,
    CAST(working_sites AS BIGINT) AS working_sites,
    children_under16,
    nearest_m,
    nearest_name,
    nearest_hamlet,
    nearest_vintage,
    nearest_unit_code,
    nearest_lat,
    nearest_lon
FROM commune_play_area
ORDER BY vintage, unit_code, period
