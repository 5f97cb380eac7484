-- How every unit that owes a report stands, in the order of districts, with the last report that came from it or from
-- its parts, and for a rejected one the first error. What is said of sensitive figures stays out.
WITH came AS (
    SELECT
        s.vintage,
        s.unit_code,
        s.period,
        s.received_at,
        s.submission_id
    FROM submission AS s
    INNER JOIN period AS q ON s.period = q.period
    INNER JOIN period AS p ON q.sequence <= p.sequence
    WHERE p.period = $period
),

-- Of each unit first: there are far fewer than reports.
last_moment AS (
    SELECT
        vintage,
        unit_code,
        max(received_at) AS received_at
    FROM came
    GROUP BY vintage, unit_code
),

last_report AS (
    SELECT
        r.to_vintage AS vintage,
        r.to_code AS unit_code,
        c.period AS last_period,
        c.received_at AS last_received_at,
        row_number() OVER (
            PARTITION BY r.to_vintage, r.to_code ORDER BY c.received_at DESC, c.submission_id
        ) AS from_last
    FROM last_moment AS m
    INNER JOIN came AS c ON m.vintage = c.vintage AND m.unit_code = c.unit_code AND m.received_at = c.received_at
    INNER JOIN unit_rollup AS r ON m.vintage = r.from_vintage AND m.unit_code = r.from_code
),

fault AS (
    SELECT
        p.submission_id,
        p.message_vi AS fault_vi,
        p.message_en AS fault_en,
        row_number() OVER (PARTITION BY p.submission_id ORDER BY p.sheet, p.cell, p.rule, p.message_vi) AS from_first
    FROM public_problem AS p
    WHERE p.severity = 'error'
)

SELECT
    s.*,
    u.name,
    u.district,
    q.due_on,
    l.last_period,
    l.last_received_at AS last_report_at,
    f.fault_vi,
    f.fault_en
FROM report_status AS s
INNER JOIN unit AS u ON s.vintage = u.vintage AND s.unit_code = u.code
INNER JOIN period AS q ON s.period = q.period
LEFT JOIN last_report AS l
    ON s.vintage = l.vintage AND s.unit_code = l.unit_code AND l.from_last = 1
LEFT JOIN fault AS f ON s.state = 'rejected' AND s.last_submission_id = f.submission_id AND f.from_first = 1
WHERE s.period = $period
ORDER BY s.unit_code
