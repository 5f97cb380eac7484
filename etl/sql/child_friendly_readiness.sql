-- What each commune that reported its stage lacks to be recognised: points below its own threshold, criteria at
-- zero, criteria not scored. All NULL where nothing was scored. Points add up as decimals: a threshold is exact.
WITH scored AS (
    SELECT
        unit_code,
        vintage,
        period,
        sum(CAST(points AS DECIMAL(9, 3))) AS score,
        sum(CASE WHEN points = 0 THEN 1 ELSE 0 END) AS criteria_at_zero,
        (SELECT count(*) FROM criterion) - count(points) AS criteria_unscored
    FROM child_friendly_criterion
    GROUP BY unit_code, vintage, period
    HAVING count(points) > 0
)

SELECT
    f.unit_code,
    f.vintage,
    f.period,
    f.stage,
    f.registered_on,
    f.recognised_on,
    s.score,
    t.points AS threshold,
    CASE WHEN s.score >= t.points THEN 0 ELSE t.points - s.score END AS points_short,
    s.criteria_at_zero,
    s.criteria_unscored,
    coalesce(
        f.stage = 'assessed' AND s.score >= t.points AND s.criteria_at_zero = 0 AND s.criteria_unscored = 0, FALSE
    ) AS ready
FROM child_friendly AS f
INNER JOIN recognition_threshold AS t
    ON f.vintage = t.vintage AND f.unit_code = t.unit_code AND f.period = t.period
LEFT JOIN scored AS s ON f.unit_code = s.unit_code AND f.vintage = s.vintage AND f.period = s.period
ORDER BY f.period, f.vintage, f.unit_code
