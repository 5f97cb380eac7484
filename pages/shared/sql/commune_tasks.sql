-- The 33 results of the plan's tasks that one commune reported in one period, or its parts together, and how it stands
-- with what is expected of each; value NULL is not reported.
SELECT
    t.item,
    t.value,
    t.units_reported,
    t.units_expected,
    c.status
FROM task_total AS t
LEFT JOIN commune_task AS c
    ON t.item = c.expectation AND t.period = c.period AND t.vintage = c.vintage AND t.unit_code = c.unit_code
WHERE t.level = 'commune' AND t.unit_code = $unit AND t.vintage = $vintage AND t.period = $period
ORDER BY t.task, t.item
