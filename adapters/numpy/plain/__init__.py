"""The reference's formulas at the working precision: short functions of plain NumPy, to be copied.

Guarantee: each is right under the plain tolerance in float32 and float64, at extreme inputs too, except where its
docstring says otherwise; a test asks every one of them there. They are what remains of the reference adapter when its
pairs of floats are left out, and what a report shows as the better formula.

A function is named ``<component>_<quantity>`` and takes one array in the working precision, then the parameters of the
component. It may call its neighbours, ``np``, ``math``, ``special`` and ``Fraction``, and nothing else: its source is
printed with theirs. Its docstring is shown to readers.
"""
