-- How fast each indicator moves towards its target, judged by whole years: from the first year that has a value to
-- this one, on a straight line, against the line that reaches the target in the plan's horizon_year.
-- rates in percentage points a year: rate is what was, rate_needed what was needed from the first year on, rate_from_now
-- what it takes from here. reached_year: when the target is met at this rate; NULL when never, or when it is met.
-- A target that is to rise has no line and is not here, nor is half a year: where no whole one is among built_period, the
-- periods whose rows are built, nothing is looked at. Rounded to nine decimals, a threshold that is met exactly counts.
WITH yearly AS (
    SELECT
        p.indicator,
        p.level,
        p.unit_code,
        p.vintage,
        p.period,
        q.year,
        p.numerator,
        p.denominator,
        p.value,
        p.met,
        p.comparator,
        CAST(p.target_value AS DOUBLE) AS target_value
    FROM indicator_progress AS p
    INNER JOIN period AS q ON p.period = q.period
    WHERE
        p.population_group = 'total' AND p.comparator IN ('>=', '>') AND p.period NOT LIKE '%-H1'
        AND EXISTS (SELECT 1 FROM built_period AS b WHERE b.period NOT LIKE '%-H1')
),

first_year AS (
    SELECT
        indicator,
        level,
        unit_code,
        vintage,
        min(year) AS year
    FROM yearly
    WHERE value IS NOT NULL
    GROUP BY indicator, level, unit_code, vintage
),

spanned AS (
    SELECT
        y.*,
        t.horizon_year,
        f.year AS first_year,
        b.numerator AS first_numerator,
        b.denominator AS first_denominator,
        b.value AS first_value,
        y.year - f.year AS years,
        t.horizon_year - f.year AS years_in_all,
        y.numerator * b.denominator - b.numerator * y.denominator AS rise,
        (y.target_value * y.denominator - 100 * y.numerator) AS short,
        (y.target_value * b.denominator - 100 * b.numerator) AS first_short,
        CASE WHEN NOT y.met AND y.year < t.horizon_year THEN (y.target_value - y.value) / (t.horizon_year - y.year) END
            AS rate_from_now
    FROM yearly AS y
    INNER JOIN target AS t ON y.indicator = t.indicator AND y.period = t.period
    LEFT JOIN first_year AS f
        ON
            y.indicator = f.indicator AND y.level = f.level AND y.unit_code = f.unit_code AND y.vintage = f.vintage
            AND y.year >= f.year
    LEFT JOIN yearly AS b
        ON
            f.indicator = b.indicator AND f.level = b.level AND f.unit_code = b.unit_code AND f.vintage = b.vintage
            AND f.year = b.year
),

-- From whole numbers, not from shares, whose differences would lose digits. rise is over denominator *
-- first_denominator, short over denominator and first_short over first_denominator, both in percent.
paced AS (
    SELECT
        *,
        CAST(100 * rise AS DOUBLE) / nullif(denominator * first_denominator * years, 0) AS rate,
        first_short / nullif(first_denominator * years_in_all, 0) AS rate_needed,
        CASE
            WHEN years > 0 AND first_short > 0 AND years_in_all > 0 AND denominator > 0
                THEN round(CAST(100 * rise * years_in_all AS DOUBLE) / (first_short * denominator * years), 9)
        END AS pace,
        CASE
            WHEN NOT met AND rise > 0 AND years > 0
                THEN round(short * first_denominator * years / CAST(100 * rise AS DOUBLE), 9)
        END AS years_to_go
    FROM spanned
)

SELECT
    p.indicator,
    p.level,
    p.unit_code,
    p.vintage,
    p.period,
    p.year,
    p.numerator,
    p.denominator,
    p.value,
    p.first_year,
    p.first_numerator,
    p.first_denominator,
    p.first_value,
    p.horizon_year,
    p.rate,
    p.rate_needed,
    p.rate_from_now,
    p.pace,
    CASE
        WHEN p.years_to_go IS NULL THEN NULL
        WHEN p.comparator = '>' THEN p.year + CAST(floor(p.years_to_go) AS BIGINT) + 1
        ELSE p.year + greatest(1, CAST(ceil(p.years_to_go) AS BIGINT))
    END AS reached_year,
    CASE
        WHEN p.met THEN 'target_met'
        WHEN p.rate IS NULL THEN 'insufficient_data'
        WHEN p.rate < 0 THEN 'deterioration'
        -- What starts at or above its target and does not meet it has fallen, or stands where only more would do;
        -- and what starts when the horizon is reached has no line left.
        WHEN p.first_short <= 0 OR p.pace IS NULL THEN 'limited_progress'
        WHEN p.pace >= s.pace_on_track AND p.year < p.horizon_year THEN 'on_track'
        WHEN p.pace >= s.pace_acceleration_needed THEN 'acceleration_needed'
        WHEN p.pace >= s.pace_limited_progress THEN 'limited_progress'
        ELSE 'deterioration'
    END AS status
FROM paced AS p
CROSS JOIN statistic AS s
ORDER BY p.level, p.period, p.vintage, p.indicator, p.unit_code
