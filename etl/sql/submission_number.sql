-- A running number for each report, in the order in which they came. The warehouse's own submission_id is part of the
-- file's sha256: whoever knows all of a small CSV file but a few masked counts could try them until it fits.
SELECT
    submission_id,
    CAST(row_number() OVER (ORDER BY received_at, submission_id) AS INTEGER) AS number
FROM submission
