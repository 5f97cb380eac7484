-- Every received report; of the accepted ones of a unit and period the last stands, the others are superseded. Of two
-- that came in one file the later part is the last: the part's number ends the submission_id, so a longer one is later.
WITH numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY accepted, vintage, unit_code, period ORDER BY received_at, length(submission_id), submission_id
        ) AS from_first,
        row_number() OVER (
            PARTITION BY accepted, vintage, unit_code, period
            ORDER BY received_at DESC, length(submission_id) DESC, submission_id DESC
        ) AS from_last
    FROM received_report
)

SELECT
    r.submission_id,
    r.unit_code,
    r.vintage,
    r.period,
    CAST(CASE WHEN r.accepted THEN r.from_first END AS INTEGER) AS revision,
    CASE
        WHEN NOT r.accepted THEN 'rejected'
        WHEN r.from_last > 1 THEN 'superseded'
        WHEN a.submission_id IS NOT NULL THEN 'approved'
        ELSE 'accepted'
    END AS status,
    r.received_at,
    r.reported_on,
    r.file_name,
    r.sha256
FROM numbered AS r
LEFT JOIN approved_submission AS a ON r.submission_id = a.submission_id
ORDER BY r.received_at, r.submission_id
