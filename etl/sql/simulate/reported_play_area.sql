-- Up to three places in each commune, which one after the other come into operation.
WITH place AS (
    SELECT
        p.*,
        n.place,
        1.6 * dice(p.part, 'opens', n.place) - 0.5 - p.position AS years_left,
        dice(p.part, 'kind', n.place) AS which
    FROM part AS p
    CROSS JOIN (SELECT unnest([1, 2, 3]) AS place) AS n
    WHERE dice(p.part, 'places', 0) * 4 > n.place - 0.5
)

SELECT
    r.submission_id,
    r.period,
    'Sân chơi số ' || p.place || ' (mẫu ' || p.part || ')' AS name,
    'Thôn ' || p.place AS hamlet,
    CASE WHEN p.which < 0.5 THEN 'sân chơi' WHEN p.which < 0.8 THEN 'nhà văn hóa' ELSE 'công viên' END AS kind,
    round(u.lat + 0.04 * (dice(p.part, 'lat', p.place) - 0.5), 6) AS lat,
    round(u.lon + 0.04 * (dice(p.part, 'lon', p.place) - 0.5), 6) AS lon,
    CAST(150 + 10 * whole(380 * dice(p.part, 'area', p.place), 0) AS DOUBLE) AS area_m2,
    CASE WHEN p.years_left <= 0 THEN 2000 + whole(20 * p.which, 0) END AS since_year,
    CASE
        WHEN p.years_left > 0.3 THEN 'dự kiến'
        WHEN p.years_left > 0 THEN 'đang xây dựng'
        WHEN dice(p.part, 'damaged', p.period) < 0.1 THEN 'hư hỏng'
        ELSE 'đang hoạt động'
    END AS condition,
    p.which < 0.4 AS accessible
FROM place AS p
INNER JOIN unit AS u ON p.part = u.code AND u.vintage = (SELECT min(vintage) FROM unit)
INNER JOIN received_report AS r ON p.period = r.period AND p.unit_code = r.unit_code
WHERE r.accepted AND r.has_play_areas
ORDER BY r.submission_id, p.part, p.place
