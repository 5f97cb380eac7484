-- Các mục tiêu của kế hoạch qua từng năm | The plan's targets year by year
SELECT target, label_vi, label_en, year, value, comparator, target_value, status, gap
FROM indicator_progress
WHERE level = 'province' AND vintage = '2025' AND population_group = 'total' AND period NOT LIKE '%-H1'
ORDER BY target, indicator, year
