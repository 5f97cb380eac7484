-- How many decisions approved a report: where there is none, there are no approved figures to see.
SELECT count(*) AS approvals
FROM decision
WHERE action = 'approved'
