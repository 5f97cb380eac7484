-- What is a share of a figure that there is already, for whom there is not one yet. Groups are no more than what they
-- are a share of, and with all others no less. Of the groups of special circumstances each child is in one.
WITH rated AS (
    SELECT
        p.part,
        p.period,
        r.*,
        f.value AS whole_total,
        least(1.0, greatest(0.0, (
            r.first + (r.last - r.first) * p.position - r.lag * p.remoteness * (1 - 0.7 * p.position)
            + r.noise * noise(p.part, r.measure, p.period)
        ) * CASE WHEN r.cumulative AND p.part_of_year < 1 THEN 0.52 ELSE 1.0 END)) AS rate
    FROM told_rate AS r
    INNER JOIN figure AS f ON r.of = f.measure AND f.population_group = 'total'
    INNER JOIN part AS p ON f.part = p.part
    WHERE r.measure NOT IN (SELECT DISTINCT d.measure FROM figure AS d)
),

total AS (
    SELECT
        *,
        CASE
            WHEN below IS NULL THEN least(whole_total, whole(whole_total * rate, dice(part, measure, period)))
            ELSE
                whole(whole_total * (below + first), dice(part, of, period))
                - whole(whole_total * below, dice(part, of, period))
        END AS total
    FROM rated
)

SELECT
    t.part,
    t.measure,
    g.population_group,
    CASE
        WHEN g.population_group = 'total' THEN t.total
        ELSE greatest(
            t.total - (t.whole_total - f.value),
            least(
                t.total,
                f.value,
                whole(
                    f.value * t.total / greatest(1, t.whole_total)
                    * CASE WHEN g.population_group = 'female' THEN 1 ELSE 1 - t.penalty END,
                    dice(t.part, t.measure, g.population_group)
                )
            )
        )
    END AS value
FROM total AS t
INNER JOIN told_group AS g ON t.measure = g.measure
LEFT JOIN figure AS f ON t.part = f.part AND t.of = f.measure AND g.population_group = f.population_group
