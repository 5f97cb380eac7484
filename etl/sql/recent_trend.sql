-- Whether a share has moved over the last years more than chance would have it: a chi-square on a straight line, whose
-- direction must stay the same when any one year is left out. From whole years in a row, this one the last.
-- Where x is 0 or n in every year it cannot be calculated, and status says so.
-- built_period holds the periods whose rows are built; they need figures of others too. Where no whole year is among
-- them, nothing is looked at.
WITH yearly AS (
    SELECT
        v.indicator,
        v.level,
        v.unit_code,
        v.vintage,
        v.period,
        q.year,
        v.numerator AS x,
        nullif(v.denominator, 0) AS n
    FROM indicator_value AS v
    INNER JOIN indicator AS i ON v.indicator = i.indicator
    INNER JOIN period AS q ON v.period = q.period
    WHERE
        v.population_group = 'total' AND v.period NOT LIKE '%-H1'
        AND (i.kind = 'ratio' OR v.level <> 'commune')
        AND EXISTS (SELECT 1 FROM built_period AS b WHERE b.period NOT LIKE '%-H1')
),

point AS (
    SELECT
        y.indicator,
        y.level,
        y.unit_code,
        y.vintage,
        y.period,
        b.year - y.year + s.trend_years AS t,
        b.x,
        b.n
    FROM yearly AS y
    INNER JOIN built_period AS d ON y.period = d.period
    CROSS JOIN statistic AS s
    INNER JOIN yearly AS b
        ON
            y.indicator = b.indicator AND y.level = b.level AND y.unit_code = b.unit_code AND y.vintage = b.vintage
            AND b.year > y.year - s.trend_years AND b.year <= y.year
    WHERE b.n IS NOT NULL AND b.x IS NOT NULL
),

total AS (
    SELECT
        indicator,
        level,
        unit_code,
        vintage,
        period,
        count(*) AS years,
        CAST(sum(x) AS BIGINT) AS x,
        CAST(sum(n) AS BIGINT) AS n,
        CAST(sum(t * x) AS BIGINT) AS tx,
        CAST(sum(t * n) AS BIGINT) AS tn,
        CAST(sum(t * t * n) AS BIGINT) AS ttn
    FROM point
    GROUP BY indicator, level, unit_code, vintage, period
),

-- The sign of the slope, and of each slope that is left when one year is left out.
kept AS (
    SELECT
        a.indicator,
        a.level,
        a.unit_code,
        a.vintage,
        a.period,
        min(sign((a.n - p.n) * (a.tx - p.t * p.x) - (a.x - p.x) * (a.tn - p.t * p.n))) AS least_sign,
        max(sign((a.n - p.n) * (a.tx - p.t * p.x) - (a.x - p.x) * (a.tn - p.t * p.n))) AS greatest_sign
    FROM total AS a
    INNER JOIN point AS p
        ON
            a.indicator = p.indicator AND a.level = p.level AND a.unit_code = p.unit_code
            AND a.vintage = p.vintage AND a.period = p.period
    GROUP BY a.indicator, a.level, a.unit_code, a.vintage, a.period
),

tested AS (
    SELECT
        y.indicator,
        y.level,
        y.unit_code,
        y.vintage,
        y.period,
        coalesce(a.years, 0) AS years,
        s.trend_years AS years_needed,
        s.trend_chi_square AS chi_square_needed,
        a.n * a.tx - a.x * a.tn AS slope,
        k.least_sign,
        k.greatest_sign,
        CASE WHEN a.years = s.trend_years THEN trend_chi_square(a.x, a.n, a.tx, a.tn, a.ttn) END AS chi_square
    FROM yearly AS y
    INNER JOIN built_period AS d ON y.period = d.period
    CROSS JOIN statistic AS s
    LEFT JOIN total AS a
        ON
            y.indicator = a.indicator AND y.level = a.level AND y.unit_code = a.unit_code
            AND y.vintage = a.vintage AND y.period = a.period
    LEFT JOIN kept AS k
        ON
            y.indicator = k.indicator AND y.level = k.level AND y.unit_code = k.unit_code
            AND y.vintage = k.vintage AND y.period = k.period
)

SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    years,
    years_needed,
    chi_square,
    CASE
        WHEN years < years_needed THEN 'insufficient_data'
        WHEN chi_square IS NULL THEN 'not_calculable'
        WHEN chi_square > chi_square_needed AND slope > 0 AND least_sign > 0 THEN 'rising'
        WHEN chi_square > chi_square_needed AND slope < 0 AND greatest_sign < 0 THEN 'falling'
        ELSE 'no_trend'
    END AS status
FROM tested
ORDER BY level, period, vintage, indicator, unit_code
