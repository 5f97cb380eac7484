# Xã nào hai năm liền (2023, 2024) chưa đạt cả hai mục tiêu cho trẻ em dân tộc thiểu số: thẻ BHYT và mẫu giáo 5 tuổi?
# Which communes missed both targets for ethnic-minority children two years running (2023, 2024): health insurance under
# 6 and preschool at 5?
#
#   python -m etl export --out xuat --format parquet
#   Rscript data/examples/hai_ky_lien_tiep.R xuat
#
# Cần gói / needs the packages: install.packages(c("DBI", "duckdb"))
# Đọc Parquet, vì gói duckdb cũ hơn không mở được tệp .duckdb mới hơn.
# Reads Parquet, because an older duckdb package does not open a newer .duckdb file.

library(DBI)

folder <- commandArgs(trailingOnly = TRUE)[1]
con <- dbConnect(duckdb::duckdb())
answer <- dbGetQuery(con, "
  SELECT
      unit_code,
      any_value(unit_name) AS unit_name,
      any_value(district) AS district,
      -- năm 2024 còn thiếu bao nhiêu trẻ / how many children were short in 2024
      max(CASE WHEN period = '2024' AND indicator = 'insurance_under6' THEN gap END) AS insurance_under6,
      max(CASE WHEN period = '2024' AND indicator = 'preschool_age5' THEN gap END) AS preschool_age5
  FROM read_parquet(?)
  WHERE level = 'commune'
      -- 111 xã, như đã báo cáo / the 111 communes that reported then
      AND vintage = '2021'
      AND population_group = 'ethnic_minority'
      AND indicator IN ('insurance_under6', 'preschool_age5')
      AND period IN ('2023', '2024')
      -- met trống là chưa báo cáo hoặc không áp dụng: không phải là chưa đạt
      -- where met is empty nothing was reported or nothing applies: that is not a missed target
      AND NOT met
  GROUP BY unit_code
  HAVING count(*) = 4
  ORDER BY unit_code
", params = list(file.path(folder, "parquet", "indicator_progress.parquet")))
dbDisconnect(con, shutdown = TRUE)
print(answer, row.names = FALSE)
