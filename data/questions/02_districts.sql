-- Tỷ lệ của từng huyện: cộng tử số và mẫu số, không lấy trung bình tỷ lệ | Each district's share: numerators and denominators are summed, percentages never averaged
SELECT
    district,
    sum(numerator) AS numerator,
    sum(denominator) AS denominator,
    100.0 * sum(numerator) / nullif(sum(denominator), 0) AS value
FROM indicator_progress
WHERE indicator = 'birth_registration_on_time' AND level = 'commune' AND vintage = '2021' AND period = '2024'
    AND population_group = 'total'
GROUP BY district
ORDER BY value
