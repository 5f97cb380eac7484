-- The nearest play area in operation to each unit's point, wherever it lies; distance along the ellipsoid in metres.
-- A sphere is wrong by less than 0.6 %, so only what it puts within 1.2 % of its nearest is measured exactly.
-- To hold every unit against every place would take too long for a country: first the places in the nine cells of
-- 0.1 degrees around the unit are looked at, and all others only where one outside could be nearer than that.
-- built_period holds the periods whose rows are built.
WITH place AS (
    SELECT
        a.period,
        a.vintage AS reporting_vintage,
        a.unit_code AS reporting_unit_code,
        a.name,
        a.hamlet,
        a.kind,
        a.lat,
        a.lon,
        floor(10 * a.lat) AS cell_row,
        floor(10 * a.lon) AS cell_column
    FROM play_area AS a
    INNER JOIN built_period AS b ON a.period = b.period
    INNER JOIN play_area_condition AS c ON a.condition = c.condition
    WHERE c.counts AND a.lat IS NOT NULL AND a.lon IS NOT NULL
),

point AS (
    SELECT
        s.period,
        u.vintage,
        u.code AS unit_code,
        u.lat AS unit_lat,
        u.lon AS unit_lon,
        floor(10 * u.lat) AS cell_row,
        floor(10 * u.lon) AS cell_column,
        -- Half the angle that a place outside the nine cells is away at least: to a meridian it is the shortest.
        asin(cos(radians(u.lat)) * sin(radians(0.099))) / 2 AS half_angle_beyond
    FROM (
        SELECT DISTINCT
            r.period,
            r.vintage
        FROM report_part AS r
        INNER JOIN built_period AS b ON r.period = b.period
    ) AS s
    INNER JOIN unit AS u ON s.vintage = u.vintage
),

step AS (
    SELECT -1 AS step
    UNION ALL
    SELECT 0 AS step
    UNION ALL
    SELECT 1 AS step
),

around AS (
    SELECT
        t.*,
        t.cell_row + y.step AS near_row,
        t.cell_column + x.step AS near_column
    FROM point AS t
    CROSS JOIN step AS y
    CROSS JOIN step AS x
),

near AS (
    SELECT
        t.*,
        p.reporting_vintage,
        p.reporting_unit_code,
        p.name,
        p.hamlet,
        p.kind,
        p.lat,
        p.lon,
        half_angle(t.unit_lat, t.unit_lon, p.lat, p.lon) AS angle
    FROM around AS t
    INNER JOIN place AS p ON t.period = p.period AND t.near_row = p.cell_row AND t.near_column = p.cell_column
),

settled AS (
    SELECT
        period,
        vintage,
        unit_code,
        min(angle) AS least_angle
    FROM near
    GROUP BY period, vintage, unit_code
    HAVING 1.012 * min(angle) <= min(half_angle_beyond)
),

-- Looked through twice: kept in between, the pairs of all units with all places would fill the memory.
unsettled AS (
    SELECT
        t.period,
        t.vintage,
        t.unit_code,
        t.unit_lat,
        t.unit_lon,
        min(half_angle(t.unit_lat, t.unit_lon, p.lat, p.lon)) AS least_angle
    FROM point AS t
    LEFT JOIN settled AS s ON t.period = s.period AND t.vintage = s.vintage AND t.unit_code = s.unit_code
    INNER JOIN place AS p ON t.period = p.period
    WHERE s.unit_code IS NULL
    GROUP BY t.period, t.vintage, t.unit_code, t.unit_lat, t.unit_lon
),

candidate AS (
    SELECT
        n.period,
        n.vintage,
        n.unit_code,
        n.unit_lat,
        n.unit_lon,
        n.reporting_vintage,
        n.reporting_unit_code,
        n.name,
        n.hamlet,
        n.kind,
        n.lat,
        n.lon
    FROM near AS n
    INNER JOIN settled AS s ON n.period = s.period AND n.vintage = s.vintage AND n.unit_code = s.unit_code
    WHERE n.angle <= 1.012 * s.least_angle
    UNION ALL
    SELECT
        u.period,
        u.vintage,
        u.unit_code,
        u.unit_lat,
        u.unit_lon,
        p.reporting_vintage,
        p.reporting_unit_code,
        p.name,
        p.hamlet,
        p.kind,
        p.lat,
        p.lon
    FROM unsettled AS u
    INNER JOIN place AS p
        ON
            u.period = p.period
            -- No place is nearer than its difference in latitude, which is soon told; 2.03 is a little over 2 * 1.012.
            AND p.lat BETWEEN u.unit_lat - degrees(2.03 * u.least_angle) AND u.unit_lat + degrees(2.03 * u.least_angle)
    WHERE half_angle(u.unit_lat, u.unit_lon, p.lat, p.lon) <= 1.012 * u.least_angle
),

measured AS (
    SELECT
        *,
        geodesic_m(unit_lat, unit_lon, lat, lon) AS distance_m
    FROM candidate
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
