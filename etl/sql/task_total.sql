-- Each reported result of the tasks summed for communes, districts and the whole province; of a result that is yes or no
-- the sum counts the units that say yes. units_reported counts the units that reported it in their own time.
WITH commune AS (
    SELECT
        i.task,
        i.item,
        'commune' AS level,
        r.unit_code,
        r.vintage,
        r.period,
        CAST(sum(CAST(t.value AS DECIMAL(18, 6))) AS DECIMAL(20, 6)) AS value,
        count(t.value) AS units_reported,
        count(*) AS units_expected
    FROM task_item AS i
    CROSS JOIN report_part AS r
    LEFT JOIN task_result AS t
        ON i.item = t.item AND r.period = t.period AND r.from_vintage = t.vintage AND r.from_code = t.unit_code
    GROUP BY i.task, i.item, r.vintage, r.unit_code, r.period
)

SELECT *
FROM commune
UNION ALL
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
WHERE l.level <> 'commune'
GROUP BY c.task, c.item, l.level, l.unit_code, c.vintage, c.period
ORDER BY level, period, vintage, task, item, unit_code
