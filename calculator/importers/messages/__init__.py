"""A message profile from message tracking logs, reports and counts."""
