-- Each reported result of the tasks summed for communes, districts and the whole province. What communes reported is
-- added up when it is asked for: of most there is one report.
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
UNION ALL
SELECT
    s.task,
    s.item,
    s.level,
    s.unit_code,
    s.vintage,
    s.period,
    s.value,
    s.units_reported,
    s.units_expected
FROM task_sum AS s
