"""Laws of directions: densities on the unit sphere, with respect to its surface measure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from conformance.definitions.correlations import stretched_beta
from conformance.definitions.directions import Pointed, constants, divergence, entropy, length
from conformance.definitions.event_laws import EventLaw
from conformance.definitions.moments import Exact, Family, Moments, Peak
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem, exact
from conformance.definitions.spaces import RoundedSphere
from conformance.definitions.transforms.events import total
from conformance.definitions.transforms.parameters import BadParameter, positive, vector, whole

_LARGEST = 1024


def spherical_uniform(dimension: int) -> EventLaw:
    """Gamma(n/2)/(2 pi^(n/2)) everywhere on the sphere in n dimensions: one over its area.

    Each entry is 2 B - 1, B beta of concentration (n - 1)/2 twice: uniform for n = 3, by Archimedes' theorem.
    Source: Mardia & Jupp, Directional Statistics (2000), section 9.3.1.
    """
    n = whole("spherical_uniform", "dimension", dimension)
    if not 2 <= n <= _LARGEST:
        raise BadParameter("spherical_uniform", "dimension", dimension, f"a whole number from 2 to {_LARGEST}")

    law = Pointed(n, (Fraction(0),) * n, Fraction(0), False)

    return EventLaw(
        name="spherical_uniform",
        space=RoundedSphere((n,)),
        formula="gamma(n/2) / (2 * pi**(n/2))",
        reference="Mardia & Jupp 2000, section 9.3.1",
        log_terms=lambda ns, y: constants(ns, law),
        entropy=lambda ns: entropy(ns, law),
        marginals=(stretched_beta(Fraction(n - 1, 2)),) * n,
        # By symmetry (ibid.); the squares add up to 1.
        moments=Moments((Fraction(0),) * n, lambda i, j: Fraction(i == j, n)),
        peak=Peak(flat=True),
        family=Family("directions", law, divergence),
    )


def power_spherical(mean_direction: tuple[float, ...], concentration: float) -> EventLaw:
    """(1 + m . y)^k Gamma(a + b)/(2^(a + b) pi^b Gamma(a)), m the mean direction, of length 1 exactly, k the
    concentration, b = (n - 1)/2 and a = b + k.

    Source: De Cao & Aziz, The Power Spherical distribution (2020), section 3.
    """
    name = "power_spherical"
    positive(name, concentration=concentration)
    towards, k = _direction(name, mean_direction), Fraction(concentration)
    law = Pointed(len(towards), tuple(towards), k, True)
    a, b = law.shapes

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return [*constants(ns, law), exact(ns, k) * ns.log1p(_along(ns, towards, y))]

    # What t = m . y is twice a Beta(a, b) variable, less 1; across m the direction is uniform (ibid., section 3).
    mean = (a - b) / (a + b)
    along = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    across = (1 - along - mean**2) / (len(towards) - 1)

    def covariance(i: int, j: int) -> Fraction:
        return (along - across) * towards[i] * towards[j] + across * (i == j)

    return EventLaw(
        name=name,
        space=RoundedSphere((len(towards),)),
        formula="(1 + mean_direction @ y)**concentration * gamma(a + b) / (2**(a + b) * pi**b * gamma(a))",
        reference="De Cao & Aziz 2020, section 3",
        log_terms=log_terms,
        entropy=lambda ns: entropy(ns, law),
        moments=Moments(tuple(mean * m for m in towards), covariance),
        peak=Peak(tuple(towards)),
        family=Family("directions", law, divergence),
    )


def von_mises_fisher(mean_direction: tuple[float, ...], concentration: float) -> EventLaw:
    """k^v/((2 pi)^(n/2) I_v(k)) exp(k m . y), m the mean direction, of length 1 exactly, k the concentration, and I_v
    the modified Bessel function of order v = n/2 - 1. In the plane it is von Mises' law of an angle.

    The entropy is minus the log density at the mean of y, whose length is I_(v + 1)(k)/I_v(k).
    Source: Mardia & Jupp, Directional Statistics (2000), section 9.3.2.
    """
    name = "von_mises_fisher"
    positive(name, concentration=concentration)
    towards, k = _direction(name, mean_direction), Fraction(concentration)
    law = Pointed(len(towards), tuple(towards), k, False)

    def log_terms(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return [*constants(ns, law), exact(ns, k) * _along(ns, towards, y)]

    def mean(m: Fraction) -> Exact:
        return m and (lambda ns: exact(ns, m) * length(ns, law))

    def covariance(i: int, j: int) -> Exact:
        # By the recurrence of I_v the variance across m is length/k, and along it 1 - length^2 - (n - 1) length/k.
        along, across = towards[i] * towards[j], Fraction(i == j)
        if not along and not across:
            return Fraction(0)

        def value(ns: ClosedFormNumbers) -> Element:
            mean, share = length(ns, law), length(ns, law) / exact(ns, k)
            return (
                exact(ns, along) * (ns.const(1.0) - mean * mean - ns.const(float(len(towards))) * share)
                + exact(ns, across) * share
            )

        return value

    return EventLaw(
        name=name,
        space=RoundedSphere((len(towards),)),
        formula="concentration**v * exp(concentration * mean_direction @ y) "
        "/ ((2*pi)**(n/2) * besseli(v, concentration)), v = n/2 - 1",
        reference="Mardia & Jupp 2000, section 9.3.2",
        log_terms=log_terms,
        entropy=lambda ns: entropy(ns, law),
        moments=Moments(tuple(map(mean, towards)), covariance),
        peak=Peak(tuple(towards)),
        family=Family("directions", law, divergence),
    )


def _direction(name: str, given: tuple[float, ...]) -> list[Fraction]:
    """A direction whose length is 1 exactly."""
    towards = [Fraction(v) for v in vector(name, "mean_direction", given)]
    if len(towards) < 2 or sum(v * v for v in towards) != 1:
        raise BadParameter(name, "mean_direction", given, "two or more numbers whose squares add up to 1")
    return towards


def _along(ns: NumberSystem, towards: Sequence[Fraction], y: Sequence[Element]) -> Element:
    return total(ns, [exact(ns, m) * v for m, v in zip(towards, y, strict=True)])
