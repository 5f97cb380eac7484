-- Kỳ nào, bao nhiêu xã chưa báo cáo, nộp muộn | How many communes did not report or were late, by period
SELECT period, vintage, state, count(*) AS communes
FROM report_status
GROUP BY period, vintage, state
ORDER BY period, state
