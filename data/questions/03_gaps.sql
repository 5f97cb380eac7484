-- 20 xã còn thiếu nhiều nhất để đạt mục tiêu về bảo hiểm y tế | The 20 communes that lack most to meet the target on health insurance
SELECT unit_code, unit_name, district, numerator, denominator, value, target_value, gap
FROM indicator_progress
WHERE indicator = 'insurance_under6' AND level = 'commune' AND vintage = '2021' AND period = '2024'
    AND population_group = 'total' AND gap > 0
ORDER BY gap DESC, unit_code
LIMIT 20
