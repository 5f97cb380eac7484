-- How every unit that owes a report stands, in the order of districts, with the last report that came from it or from
-- its parts, and for a rejected one the first error. What is said of sensitive figures stays out.
WITH last_report AS (
    SELECT
        e.period,
        e.vintage,
        e.unit_code,
        s.period AS last_period,
        s.received_at AS last_received_at,
        row_number() OVER (
            PARTITION BY e.period, e.vintage, e.unit_code ORDER BY s.received_at DESC, s.submission_id
        ) AS from_last
    FROM expected_report AS e
    INNER JOIN period AS p ON e.period = p.period
    INNER JOIN unit_rollup AS r ON e.vintage = r.to_vintage AND e.unit_code = r.to_code
    INNER JOIN submission AS s ON r.from_vintage = s.vintage AND r.from_code = s.unit_code
    INNER JOIN period AS q ON s.period = q.period AND p.sequence >= q.sequence
    WHERE e.period = $period
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
    ON s.period = l.period AND s.vintage = l.vintage AND s.unit_code = l.unit_code AND l.from_last = 1
LEFT JOIN fault AS f ON s.state = 'rejected' AND s.last_submission_id = f.submission_id AND f.from_first = 1
WHERE s.period = $period
ORDER BY s.unit_code
