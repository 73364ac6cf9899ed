"""Search for the inputs at which one implementation is at its worst, where no sweep can try every float."""
