-- The periods that were reported on, the newest first, and the vintages in which each can be seen.
SELECT
    p.period,
    p.vintage AS reporting_vintage,
    v.vintage
FROM period AS p
INNER JOIN (SELECT DISTINCT period, vintage FROM report_part) AS v ON p.period = v.period
ORDER BY p.sequence DESC, v.vintage
