-- How each unit stands that owes a report: on_time, late, rejected (something came, nothing was accepted) or missing.
-- Late is what was dated after the due day when it was first accepted: a revision makes no report late. A report without
-- a date of its own counts from the day on which it came.
-- children_under16 is the last known number, of children_period: the report's own where there is one.
-- built_period holds the periods whose rows are built.
WITH came AS (
    SELECT
        s.submission_id,
        s.unit_code,
        s.vintage,
        s.period,
        s.revision,
        s.received_at,
        s.reported_on,
        r.dated_on,
        row_number() OVER (
            PARTITION BY s.vintage, s.unit_code, s.period ORDER BY s.received_at DESC, s.submission_id
        ) AS from_last
    FROM submission AS s
    INNER JOIN built_period AS b ON s.period = b.period
    INNER JOIN received_report AS r ON s.period = r.period AND s.submission_id = r.submission_id
),

sent AS (
    SELECT
        unit_code,
        vintage,
        period,
        max(CASE WHEN revision = 1 THEN reported_on END) AS first_reported_on,
        max(CASE WHEN revision = 1 THEN dated_on END) AS first_dated_on,
        count(revision) AS revisions,
        max(received_at) AS last_received_at,
        max(CASE WHEN from_last = 1 THEN submission_id END) AS last_submission_id
    FROM came
    GROUP BY unit_code, vintage, period
),

problems AS (
    SELECT
        submission_id,
        sum(CASE WHEN severity = 'error' THEN 1 ELSE 0 END) AS errors,
        sum(CASE WHEN severity = 'warning' THEN 1 ELSE 0 END) AS warnings
    FROM public_problem
    GROUP BY submission_id
),

known AS (
    SELECT
        e.period,
        e.vintage,
        e.unit_code,
        t.value AS children_under16,
        t.period AS children_period,
        row_number() OVER (
            PARTITION BY e.period, e.vintage, e.unit_code ORDER BY q.sequence DESC
        ) AS from_last
    FROM expected_report AS e
    INNER JOIN built_period AS b ON e.period = b.period
    INNER JOIN period AS p ON e.period = p.period
    INNER JOIN unit_total AS t
        ON t.measure = 'children_under16' AND e.vintage = t.vintage AND e.unit_code = t.unit_code
    INNER JOIN period AS q ON t.period = q.period AND p.sequence >= q.sequence
)

SELECT
    e.period,
    e.vintage,
    e.unit_code,
    CASE
        WHEN r.submission_id IS NOT NULL AND s.first_dated_on > p.due_on THEN 'late'
        WHEN r.submission_id IS NOT NULL THEN 'on_time'
        WHEN s.last_submission_id IS NOT NULL THEN 'rejected'
        ELSE 'missing'
    END AS state,
    r.submission_id,
    s.first_reported_on,
    coalesce(s.revisions, 0) AS revisions,
    s.last_submission_id,
    s.last_received_at,
    CAST(CASE WHEN s.last_submission_id IS NOT NULL THEN coalesce(w.errors, 0) END AS BIGINT) AS errors,
    CAST(CASE WHEN s.last_submission_id IS NOT NULL THEN coalesce(w.warnings, 0) END AS BIGINT) AS warnings,
    k.children_under16,
    k.children_period
FROM expected_report AS e
INNER JOIN period AS p ON e.period = p.period
LEFT JOIN standing_report AS r ON e.period = r.period AND e.vintage = r.vintage AND e.unit_code = r.unit_code
LEFT JOIN sent AS s ON e.period = s.period AND e.vintage = s.vintage AND e.unit_code = s.unit_code
LEFT JOIN problems AS w ON s.last_submission_id = w.submission_id
LEFT JOIN known AS k
    ON e.period = k.period AND e.vintage = k.vintage AND e.unit_code = k.unit_code AND k.from_last = 1
ORDER BY p.sequence, e.unit_code
