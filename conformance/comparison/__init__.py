"""The comparison: cases under laws, scored into cells, gathered into findings, confirmed, and written down."""
