-- What the statistics say of the province's indicators: pace and recent trend up to the last whole year, bounds in the
-- period itself. pace NULL: the target is to rise, which has no line.
WITH chosen AS (
    SELECT
        p.period,
        CASE WHEN p.period LIKE '%-H1' THEN p.period_before ELSE p.period END AS judged_period
    FROM period AS p
    WHERE p.period = $period
)

SELECT
    g.indicator,
    g.comparator,
    g.target_value,
    c.judged_period,
    p.status AS pace,
    p.year,
    p.numerator AS pace_numerator,
    p.denominator AS pace_denominator,
    p.first_year,
    p.first_numerator,
    p.first_denominator,
    p.horizon_year,
    p.rate,
    p.rate_needed,
    p.rate_from_now,
    p.pace AS pace_share,
    p.reached_year,
    t.status AS trend,
    t.years AS trend_years,
    t.years_needed AS trend_years_needed,
    t.chi_square,
    b.verdict,
    b.units_missing,
    b.units_unknown,
    b.numerator,
    b.missing_denominator,
    b.whole_denominator,
    b.lower,
    b.upper
FROM indicator_progress AS g
INNER JOIN chosen AS c ON g.period = c.period
LEFT JOIN pace AS p
    ON
        g.indicator = p.indicator AND g.level = p.level AND g.unit_code = p.unit_code AND g.vintage = p.vintage
        AND c.judged_period = p.period
LEFT JOIN recent_trend AS t
    ON
        g.indicator = t.indicator AND g.level = t.level AND g.unit_code = t.unit_code AND g.vintage = t.vintage
        AND c.judged_period = t.period
LEFT JOIN missing_bounds AS b
    ON
        g.indicator = b.indicator AND g.level = b.level AND g.unit_code = b.unit_code AND g.vintage = b.vintage
        AND g.period = b.period
WHERE g.level = 'province' AND g.population_group = 'total' AND g.vintage = $vintage
ORDER BY g.target, g.indicator
