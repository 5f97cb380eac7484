-- All indicators of all communes in one period, by name.
SELECT
    p.indicator,
    p.level,
    p.unit_code,
    p.period,
    p.numerator,
    p.denominator,
    p.value,
    p.units_reported,
    p.units_expected,
    p.comparator,
    p.target_value,
    p.numerator_year_before,
    p.denominator_year_before,
    p.value_year_before,
    p.gap,
    p.status,
    u.name,
    u.district
FROM indicator_progress AS p
INNER JOIN unit_name AS u ON p.period = u.period AND p.vintage = u.vintage AND p.unit_code = u.code
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.period = $period AND p.vintage = $vintage
ORDER BY u.name_order, u.code, p.indicator
