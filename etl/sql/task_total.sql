-- Each reported result of the tasks summed for communes, districts and the whole province; of a result that is yes or no
-- the sum counts the units that say yes. units_reported counts the units that reported it in their own time.
WITH commune AS (
    SELECT
        i.task,
        i.item,
        r.to_vintage AS vintage,
        r.to_code AS unit_code,
        x.period,
        sum(CAST(t.value AS DECIMAL(18, 6))) AS value,
        count(t.value) AS units_reported,
        count(*) AS units_expected
    FROM task_item AS i
    CROSS JOIN expected_report AS x
    INNER JOIN unit_rollup AS r ON x.vintage = r.from_vintage AND x.unit_code = r.from_code
    LEFT JOIN task_result AS t
        ON i.item = t.item AND x.period = t.period AND x.vintage = t.vintage AND x.unit_code = t.unit_code
    GROUP BY i.task, i.item, r.to_vintage, r.to_code, x.period
)

SELECT
    c.task,
    c.item,
    l.level,
    l.unit_code,
    c.vintage,
    c.period,
    CAST(sum(c.value) AS DECIMAL(20, 6)) AS value,
    CAST(sum(c.units_reported) AS BIGINT) AS units_reported,
    CAST(sum(c.units_expected) AS BIGINT) AS units_expected
FROM commune AS c
INNER JOIN unit_level AS l ON c.vintage = l.vintage AND c.unit_code = l.commune_code
GROUP BY c.task, c.item, l.level, l.unit_code, c.vintage, c.period
ORDER BY c.task, c.item, l.level, c.vintage, c.period, l.unit_code
