-- When the last report came in, and how many reports wait: to be approved, and for a closed period to be opened.
SELECT
    (SELECT max(received_at) FROM received_report) AS last_received_at,
    (SELECT count(*) FROM submission WHERE status = 'accepted') AS waiting,
    (SELECT count(DISTINCT submission_id) FROM problem WHERE rule = 'period_closed') AS held
