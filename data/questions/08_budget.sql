-- Kinh phí bố trí và đã thực hiện theo huyện | Funds allocated and spent, by district
SELECT
    u.district,
    sum(t.value) FILTER (WHERE t.item = 'budget_allocated') AS allocated_million_vnd,
    sum(t.value) FILTER (WHERE t.item = 'budget_spent') AS spent_million_vnd
FROM task_result AS t
JOIN unit AS u ON u.vintage = t.vintage AND u.code = t.unit_code
WHERE t.vintage = '2021' AND t.period = '2024'
GROUP BY u.district
ORDER BY u.district
