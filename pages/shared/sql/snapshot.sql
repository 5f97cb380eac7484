-- How the period's reports stand, and when the last report of all came in.
SELECT
    (SELECT max(received_at) FROM warehouse.received_report) AS last_received_at,
    (SELECT coalesce(bool_or(sample), FALSE) FROM warehouse.received_report) AS sample,
    (SELECT count(*) FROM warehouse.standing_report WHERE period = $period) AS reports_received,
    (SELECT count(*) FROM warehouse.expected_report WHERE period = $period) AS reports_expected
