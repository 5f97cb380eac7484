-- The points of whoever was assessed; now and then a criterion is at zero.
SELECT
    f.submission_id,
    f.period,
    c.criterion,
    c.points_max,
    CASE
        WHEN dice(r.unit_code, c.criterion, 'zero') < 0.02 THEN 0.0
        ELSE floor(c.points_max * (0.7 + 0.3 * dice(r.unit_code, c.criterion, r.period)))
    END AS points
FROM reported_child_friendly AS f
INNER JOIN received_report AS r ON f.period = r.period AND f.submission_id = r.submission_id
CROSS JOIN criterion AS c
WHERE f.period = $period AND f.stage IN ('assessed', 'recognised')
ORDER BY f.submission_id, c.criterion
