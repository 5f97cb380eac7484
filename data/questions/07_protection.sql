-- Số liệu bảo vệ trẻ em toàn tỉnh; số nhỏ đã được che | The province's counts of child protection; small numbers are masked
SELECT m.code, m.label_vi, m.label_en, p.population_group, p.period, p.state, p.value
FROM protection_count AS p
JOIN measure AS m USING (measure)
WHERE p.level = 'province' AND p.vintage = '2025' AND p.period NOT LIKE '%-H1'
ORDER BY m.code, p.population_group, p.period
