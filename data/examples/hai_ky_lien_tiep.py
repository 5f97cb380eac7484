"""Các xã hai năm liền (2023, 2024) chưa đạt cả hai mục tiêu cho trẻ em dân tộc thiểu số: thẻ BHYT và mẫu giáo 5 tuổi.

Which communes missed both targets for ethnic-minority children two years running (2023, 2024): health insurance under 6
and preschool at 5?

    python -m etl export --out xuat
    python data/examples/hai_ky_lien_tiep.py xuat
"""

import sys
from pathlib import Path

import pandas as pd

INDICATORS = ["insurance_under6", "preschool_age5"]
YEARS = ["2023", "2024"]

rows = pd.read_parquet(
    Path(sys.argv[1]) / "parquet" / "indicator_progress.parquet",
    filters=[
        ("level", "==", "commune"),
        ("vintage", "==", "2021"),  # 111 xã, như đã báo cáo / the 111 communes that reported then
        ("population_group", "==", "ethnic_minority"),
        ("indicator", "in", INDICATORS),
        ("period", "in", YEARS),
    ],
)
# met trống là chưa báo cáo hoặc không áp dụng: không phải là chưa đạt.
# Where met is empty nothing was reported or nothing applies: that is not a missed target.
missed = rows[rows["met"].eq(False)]
times = missed.groupby("unit_code").size()
always = times[times == len(INDICATORS) * len(YEARS)].index
last = missed[missed["unit_code"].isin(always) & (missed["period"] == YEARS[-1])]
# Cột cuối: năm 2024 còn thiếu bao nhiêu trẻ. / Last columns: how many children were short in 2024.
answer = last.pivot_table(index=["unit_code", "unit_name", "district"], columns="indicator", values="gap").astype(int)
print(answer.reset_index().to_csv(index=False), end="")
