"""From the findings of a run to its causes: the few things that somebody has to mend."""
