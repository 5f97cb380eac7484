-- What was done for the tasks: a result that the plan holds against another one is a share of that.
WITH measured AS (
    SELECT
        r.submission_id,
        r.unit_code,
        r.period,
        i.*,
        CASE
            WHEN i.item = 'play_areas_built' THEN CAST(dice(r.unit_code, i.item, r.period) < 0.1 AS INTEGER)
            WHEN i.kind = 'yes_no' THEN CAST(dice(r.unit_code, i.item, r.period) < 0.9 AS INTEGER)
            WHEN i.kind = 'amount' THEN round(200 * dice(r.unit_code, i.item, r.period), 1)
            ELSE floor(30 * power(dice(r.unit_code, i.item, r.period), 2))
        END AS value
    FROM received_report AS r
    CROSS JOIN told_task AS i
    WHERE r.accepted AND r.period = $period
),

-- What a share can be of: another result, or a figure.
known AS (
    SELECT
        submission_id,
        item,
        value
    FROM measured
    UNION ALL
    SELECT
        submission_id,
        measure AS item,
        value
    FROM reported_figure
    WHERE population_group = 'total' AND period = $period
),

limited AS (
    SELECT
        m.* EXCLUDE (value),
        CASE
            WHEN o.value IS NULL THEN m.value
            ELSE floor(o.value * least(1.0, 0.85 + 0.3 * dice(m.unit_code, m.item, m.period)))
        END AS value
    FROM measured AS m
    LEFT JOIN known AS o ON m.submission_id = o.submission_id AND m.denominator = o.item
)

SELECT
    submission_id,
    period,
    task,
    item,
    CASE WHEN dice(unit_code, item, period || 'reported') >= 0.01 THEN CAST(value AS DOUBLE) END AS value
FROM limited
ORDER BY submission_id, sequence
