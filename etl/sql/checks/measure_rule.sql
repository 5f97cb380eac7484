-- Figures that must not be above, or below, a sum or the largest of others, in each population group.
-- An upper limit needs all its parts; a lower one already binds by the parts that were reported.
WITH compared AS (
    SELECT
        f.submission_id,
        f.sheet,
        f.cell,
        f.measure,
        f.value,
        r.rule_id,
        r.comparator,
        CASE r.aggregate WHEN 'sum' THEN sum(o.value) ELSE max(o.value) END AS limit_value,
        count(o.value) AS reported,
        count(*) AS operands
    FROM staged_figure AS f
    INNER JOIN measure_rule AS r ON f.measure = r.measure
    LEFT JOIN staged_figure AS o
        ON f.submission_id = o.submission_id AND f.population_group = o.population_group AND r.operand = o.measure
    WHERE f.value IS NOT NULL
    GROUP BY f.submission_id, f.sheet, f.cell, f.measure, f.value, r.rule_id, r.comparator, r.aggregate
)

SELECT
    submission_id,
    CASE comparator WHEN '<=' THEN 'above_limit' ELSE 'below_minimum' END AS rule,
    sheet,
    cell,
    measure,
    value,
    limit_value,
    rule_id
FROM compared
WHERE (comparator = '<=' AND reported = operands AND value > limit_value) OR (comparator = '>=' AND value < limit_value)
