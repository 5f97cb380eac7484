-- Figures that stand out, found in two ways. `past`: a total against the same measure of that unit in the years before,
-- of the same part of the year where it is cumulative, on log(1 + x) because counts grow by shares. `peers`: an
-- indicator against all communes of that time, in percent. data/statistics.toml says how many it takes.
-- The score is Iglewicz and Hoaglin's modified z-score, 0.6745 (x - median) / MAD, with a MAD for each side of the
-- median, because shares near 100 % have one long side. Where half or more of a side lie on the median, its MAD is
-- 0 and 1.253314 times the side's mean deviation stands for the standard deviation; where that is 0 too, nothing varies
-- and there is no score. Sensitive measures are neither in unit_total nor in an indicator that counts here.
-- built_period holds the periods whose rows are built; they need figures of others too.
WITH held_against AS (
    SELECT
        m.measure,
        p.period,
        q.period AS earlier
    FROM period AS p
    INNER JOIN built_period AS d ON p.period = d.period
    CROSS JOIN statistic AS z
    INNER JOIN period AS q ON p.sequence > q.sequence AND p.year - q.year <= z.outlier_years
    INNER JOIN measure AS m ON m.flow = 'stock' OR (p.period LIKE '%-H1') = (q.period LIKE '%-H1')
),

past AS (
    SELECT
        'past' AS kind,
        t.measure AS subject,
        t.period,
        t.vintage,
        t.unit_code,
        t.value AS numerator,
        CAST(NULL AS BIGINT) AS denominator,
        ln(1 + t.value) AS x
    FROM unit_total AS t
    INNER JOIN built_period AS d ON t.period = d.period
),

peer AS (
    SELECT
        'peers' AS kind,
        v.indicator AS subject,
        v.period,
        v.vintage,
        v.unit_code,
        v.numerator,
        v.denominator,
        percentage(v.numerator, v.denominator) AS x
    FROM indicator_total AS v
    INNER JOIN indicator AS i ON v.indicator = i.indicator
    INNER JOIN built_period AS t ON v.period = t.period
    INNER JOIN measure AS n ON i.numerator = n.measure
    INNER JOIN measure AS d ON i.denominator = d.measure
    CROSS JOIN statistic AS z
    WHERE
        v.level = 'commune' AND v.population_group = 'total' AND i.kind = 'ratio'
        AND v.denominator >= z.outlier_denominator
        AND NOT n.sensitive AND NOT d.sensitive
),

-- Chosen before they are joined: most of what a country has reported is older.
earlier AS (
    SELECT t.*
    FROM unit_total AS t
    WHERE t.period IN (SELECT h.earlier FROM held_against AS h)
),

-- The figures that one is held against have a number: its own past is a unit's own, its peers are everyone's.
figure AS (
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY kind, subject, period, vintage, CASE kind WHEN 'past' THEN unit_code END
        ) AS comparison
    FROM (SELECT * FROM past UNION ALL SELECT * FROM peer) AS f
),

reference AS (
    SELECT
        f.comparison,
        ln(1 + b.value) AS x
    FROM figure AS f
    INNER JOIN earlier AS b ON f.subject = b.measure AND f.vintage = b.vintage AND f.unit_code = b.unit_code
    INNER JOIN held_against AS h ON f.period = h.period AND b.period = h.earlier AND b.measure = h.measure
    WHERE f.kind = 'past'
    UNION ALL
    SELECT
        comparison,
        x
    FROM figure
    WHERE kind = 'peers'
),

centre AS (
    SELECT
        comparison,
        median(x) AS centre,
        count(*) AS compared
    FROM reference
    GROUP BY comparison
    HAVING count(*) >= (SELECT z.outlier_figures FROM statistic AS z)
),

-- A figure is held against those on its own side of the median; one that lies on it does not stand out.
sided AS (
    SELECT
        f.*,
        c.centre,
        c.compared,
        f.x > c.centre AS above
    FROM figure AS f
    INNER JOIN centre AS c ON f.comparison = c.comparison
    WHERE f.x <> c.centre
),

-- Deviations are added up as whole numbers of 1e-12: in another order, a sum of DOUBLEs ends in another digit.
spread AS (
    SELECT
        s.comparison,
        s.above,
        median(abs(r.x - s.centre)) AS mad,
        sum(CAST(round(1e12 * abs(r.x - s.centre)) AS BIGINT)) / (1e12 * count(*)) AS mean_deviation
    FROM (SELECT DISTINCT comparison, centre, above FROM sided) AS s
    INNER JOIN reference AS r
        ON s.comparison = r.comparison AND CASE WHEN s.above THEN r.x >= s.centre ELSE r.x <= s.centre END
    GROUP BY s.comparison, s.above
),

scored AS (
    SELECT
        f.*,
        (f.x - f.centre)
        / CASE WHEN s.mad > 0 THEN s.mad / 0.6745 ELSE nullif(1.253314 * s.mean_deviation, 0) END AS score
    FROM sided AS f
    INNER JOIN spread AS s ON f.comparison = s.comparison AND f.above = s.above
)

-- difference: by how many of what is counted the figure departs from what is usual.
SELECT
    kind,
    subject,
    period,
    vintage,
    unit_code,
    numerator,
    denominator,
    CASE kind WHEN 'past' THEN CAST(numerator AS DOUBLE) ELSE x END AS value,
    CASE kind WHEN 'past' THEN exp(centre) - 1 ELSE centre END AS usual,
    CASE kind
        WHEN 'past' THEN numerator - (exp(centre) - 1)
        ELSE (x - centre) * denominator / 100
    END AS difference,
    compared,
    score
FROM scored
WHERE abs(score) > (SELECT z.outlier_score FROM statistic AS z)
ORDER BY kind, period, vintage, unit_code, subject
