"""From names to cases, and from failures to confirmed findings and cells."""
