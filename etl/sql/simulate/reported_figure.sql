-- The sums over a unit's parts, in every accepted report. Some figures, and some groups, are not reported.
WITH summed AS (
    SELECT
        p.unit_code,
        f.measure,
        f.population_group,
        CAST(sum(f.value) AS BIGINT) AS value
    FROM figure AS f
    INNER JOIN part AS p ON f.part = p.part
    GROUP BY p.unit_code, f.measure, f.population_group
)

SELECT
    r.submission_id,
    r.period,
    s.measure,
    s.population_group,
    CASE
        WHEN NOT m.required AND dice(s.unit_code, s.measure, r.period || 'reported') < 0.01 THEN NULL
        WHEN
            s.population_group <> 'total' AND dice(s.unit_code, s.population_group, r.period || 'reported') < 0.03
            THEN NULL
        -- A report that was revised said less.
        WHEN s.measure = 'under6_examined' AND r.file_name LIKE '%_1.xlsx' THEN whole(0.4 * s.value, 0)
        ELSE s.value
    END AS value
FROM summed AS s
INNER JOIN received_report AS r ON s.unit_code = r.unit_code
INNER JOIN told_measure AS m ON s.measure = m.measure
WHERE r.accepted AND r.period = $period
ORDER BY r.submission_id, m.sequence, s.population_group
