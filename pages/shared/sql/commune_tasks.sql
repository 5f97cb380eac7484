-- What one commune reported for the plan's tasks in one period; value NULL is not reported.
SELECT
    t.task,
    t.item,
    t.value
FROM task_result AS t
WHERE t.unit_code = $unit AND t.vintage = $vintage AND t.period = $period
ORDER BY t.task, t.item
