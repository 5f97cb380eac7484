-- Whether a period is closed, and since when, by whom and why it is as it is. A period that nobody closed has no row.
WITH ranked AS (
    SELECT
        period,
        action,
        decided_at,
        decided_by,
        reason,
        row_number() OVER (PARTITION BY period ORDER BY decision_id DESC) AS from_last
    FROM decision
    WHERE action IN ('closed', 'reopened')
)

SELECT
    period,
    action = 'closed' AS closed,
    decided_at,
    decided_by,
    reason
FROM ranked
WHERE from_last = 1
ORDER BY period
