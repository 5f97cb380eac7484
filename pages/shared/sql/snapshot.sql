-- The number of the warehouse's state: how often a report was received or something decided until then. How the
-- period's reports stand, and when the last report of all came in.
SELECT
    (SELECT count(*) FROM received_report) + (SELECT count(*) FROM decision) AS number,
    (SELECT max(received_at) FROM received_report) AS last_received_at,
    (SELECT coalesce(bool_or(sample), FALSE) FROM received_report) AS sample,
    (SELECT count(*) FROM standing_report WHERE period = $period) AS reports_received,
    (SELECT count(*) FROM expected_report WHERE period = $period) AS reports_expected
