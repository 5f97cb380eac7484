-- The reports that are approved: those about which the last decision says so.
WITH judged AS (
    SELECT
        submission_id,
        action,
        row_number() OVER (PARTITION BY submission_id ORDER BY decision_id DESC) AS from_last
    FROM decision
    WHERE action IN ('approved', 'withdrawn')
)

SELECT submission_id
FROM judged
WHERE from_last = 1 AND action = 'approved'
ORDER BY submission_id
