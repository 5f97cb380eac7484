"""From the communes' report files to the warehouse that the pages read."""
