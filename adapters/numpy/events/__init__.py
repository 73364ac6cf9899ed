"""Maps of vectors and matrices over pairs."""
