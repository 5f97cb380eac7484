-- Everything about an indicator in one row: names as they were in the period, target, gap and the year before.
WITH place AS (
    SELECT
        'commune' AS level,
        n.vintage,
        n.period,
        n.code,
        n.name,
        n.district
    FROM unit_name AS n
    UNION ALL
    SELECT DISTINCT
        'district' AS level,
        n.vintage,
        n.period,
        n.district_code AS code,
        n.district AS name,
        n.district
    FROM unit_name AS n
    WHERE n.district_code IS NOT NULL
    UNION ALL
    SELECT DISTINCT
        'province' AS level,
        n.vintage,
        n.period,
        p.code,
        p.name_vi AS name,
        NULL AS district
    FROM unit_name AS n
    CROSS JOIN defined_province AS p
)

SELECT
    i.indicator,
    d.label_vi,
    d.label_en,
    i.target,
    i.level,
    i.unit_code,
    n.name AS unit_name,
    n.district,
    i.vintage,
    i.period,
    p.year,
    i.population_group,
    i.numerator,
    i.denominator,
    i.value,
    i.units_reported,
    i.units_expected,
    i.plan_year,
    i.comparator,
    i.target_value,
    i.numerator_year_before,
    i.denominator_year_before,
    i.value_year_before,
    i.met,
    i.gap,
    i.status
FROM indicator_progress AS i
INNER JOIN indicator AS d ON i.indicator = d.indicator
INNER JOIN period AS p ON i.period = p.period
LEFT JOIN place AS n
    ON i.level = n.level AND i.vintage = n.vintage AND i.period = n.period AND i.unit_code = n.code
ORDER BY i.indicator, i.level, i.vintage, i.population_group, i.unit_code, i.period
