"""Conflict events of the public datasets, as dated and graded series by place.  Rows stay where they are."""
