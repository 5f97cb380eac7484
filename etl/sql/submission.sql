-- Every received report; of the accepted ones of a unit and period the last stands, the others are superseded.
-- The one that stands is approved when the last decision about it says so.
WITH numbered AS (
    SELECT
        submission_id,
        row_number() OVER (PARTITION BY vintage, unit_code, period ORDER BY received_at) AS revision,
        row_number() OVER (PARTITION BY vintage, unit_code, period ORDER BY received_at DESC) AS from_last
    FROM received_report
    WHERE accepted
),

judged AS (
    SELECT
        submission_id,
        action,
        row_number() OVER (PARTITION BY submission_id ORDER BY decision_id DESC) AS from_last
    FROM decision
    WHERE action IN ('approved', 'withdrawn')
)

SELECT
    r.submission_id,
    r.unit_code,
    r.vintage,
    r.period,
    CAST(n.revision AS INTEGER) AS revision,
    CASE
        WHEN NOT r.accepted THEN 'rejected'
        WHEN n.from_last > 1 THEN 'superseded'
        WHEN j.action = 'approved' THEN 'approved'
        ELSE 'accepted'
    END AS status,
    r.received_at,
    r.reported_on,
    r.file_name,
    r.sha256
FROM received_report AS r
LEFT JOIN numbered AS n ON r.submission_id = n.submission_id
LEFT JOIN judged AS j ON r.submission_id = j.submission_id AND j.from_last = 1
ORDER BY r.received_at, r.submission_id
