-- Each indicator for communes, districts and the whole province: sums of numerators and of denominators.
SELECT
    c.indicator,
    'commune' AS level,
    c.unit_code,
    c.vintage,
    c.period,
    c.population_group,
    c.numerator,
    c.denominator,
    c.units_reported,
    c.units_expected,
    c.applicable
FROM commune_indicator AS c
UNION ALL
SELECT
    c.indicator,
    'district' AS level,
    u.district_code AS unit_code,
    c.vintage,
    c.period,
    c.population_group,
    CAST(sum(c.numerator) AS BIGINT) AS numerator,
    CAST(sum(c.denominator) AS BIGINT) AS denominator,
    CAST(sum(c.units_reported) AS BIGINT) AS units_reported,
    CAST(sum(c.units_expected) AS BIGINT) AS units_expected,
    bool_or(c.applicable) AS applicable
FROM commune_indicator AS c
INNER JOIN unit AS u ON c.vintage = u.vintage AND c.unit_code = u.code
WHERE u.district_code IS NOT NULL
GROUP BY c.indicator, u.district_code, c.vintage, c.period, c.population_group
UNION ALL
SELECT
    c.indicator,
    'province' AS level,
    p.code AS unit_code,
    c.vintage,
    c.period,
    c.population_group,
    CAST(sum(c.numerator) AS BIGINT) AS numerator,
    CAST(sum(c.denominator) AS BIGINT) AS denominator,
    CAST(sum(c.units_reported) AS BIGINT) AS units_reported,
    CAST(sum(c.units_expected) AS BIGINT) AS units_expected,
    bool_or(c.applicable) AS applicable
FROM commune_indicator AS c
CROSS JOIN province AS p
GROUP BY c.indicator, p.code, c.vintage, c.period, c.population_group
