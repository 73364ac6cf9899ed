"""What the pytest plugin does: choose, ask, judge one law on one case, and say in words what is wrong."""
