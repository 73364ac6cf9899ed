"""Random compositions of what is in the catalogue, looked at where their parts are right and they are not."""
