-- What depends on nothing but the number of people.
WITH total AS (
    SELECT
        p.*,
        m.measure,
        m.flow,
        CASE
            WHEN s.measure IS NULL THEN whole(9 * power(dice(p.part, m.measure, p.period), 2), 0)
            ELSE whole(
                p.people * s.share
                * CASE
                    WHEN m.flow = 'stock' THEN 0.97 + 0.06 * dice(p.part, m.measure, 'size')
                    ELSE p.part_of_year * (0.85 + 0.3 * dice(p.part, m.measure, p.period))
                END,
                dice(p.part, m.measure, p.period)
            )
        END AS total
    FROM part AS p
    CROSS JOIN measure AS m
    LEFT JOIN told_share AS s ON m.measure = s.measure
    WHERE m.measure NOT IN (SELECT r.measure FROM told_rate AS r)
)

SELECT
    t.part,
    t.measure,
    g.population_group,
    CASE
        WHEN g.population_group = 'total' THEN t.total
        ELSE whole(
            t.total * CASE WHEN g.population_group = 'ethnic_minority' THEN t.minority_share ELSE g.share END,
            -- Stocks are parts of each other, and so must be their groups.
            CASE WHEN t.flow = 'stock' THEN 0 ELSE dice(t.part, t.measure, g.population_group) END
        )
    END AS value
FROM total AS t
INNER JOIN told_group AS g ON t.measure = g.measure
