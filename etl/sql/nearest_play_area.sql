-- The nearest play area in operation to each unit's point, wherever it lies; distance along the ellipsoid in metres.
-- A sphere is wrong by less than 0.6 %, so only what it puts within 1.2 % of its nearest is measured exactly.
WITH seen AS (
    SELECT DISTINCT
        period,
        vintage
    FROM commune_indicator
),

place AS (
    SELECT
        a.period,
        a.vintage AS reporting_vintage,
        a.unit_code AS reporting_unit_code,
        a.name,
        a.hamlet,
        a.kind,
        a.lat,
        a.lon
    FROM play_area AS a
    INNER JOIN play_area_condition AS c ON a.condition = c.condition
    WHERE c.counts AND a.lat IS NOT NULL AND a.lon IS NOT NULL
),

sphere AS (
    SELECT
        p.*,
        u.vintage,
        u.code AS unit_code,
        u.lat AS unit_lat,
        u.lon AS unit_lon,
        asin(
            sqrt(
                sin(radians(p.lat - u.lat) / 2) * sin(radians(p.lat - u.lat) / 2)
                + cos(radians(u.lat)) * cos(radians(p.lat))
                * sin(radians(p.lon - u.lon) / 2) * sin(radians(p.lon - u.lon) / 2)
            )
        ) AS angle
    FROM place AS p
    INNER JOIN seen AS s ON p.period = s.period
    INNER JOIN unit AS u ON s.vintage = u.vintage
),

candidate AS (
    SELECT
        *,
        min(angle) OVER (PARTITION BY period, vintage, unit_code) AS least_angle
    FROM sphere
),

measured AS (
    SELECT
        *,
        geodesic_m(unit_lat, unit_lon, lat, lon) AS distance_m
    FROM candidate
    WHERE angle <= 1.012 * least_angle
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period, vintage, unit_code
            ORDER BY distance_m, reporting_unit_code, name, hamlet, lat, lon
        ) AS from_nearest
    FROM measured
)

SELECT
    period,
    vintage,
    unit_code,
    distance_m,
    reporting_vintage,
    reporting_unit_code,
    name,
    hamlet,
    kind,
    lat,
    lon
FROM ranked
WHERE from_nearest = 1
ORDER BY period, vintage, unit_code
