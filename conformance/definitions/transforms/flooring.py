"""A smooth floor function, one step of it."""

from __future__ import annotations

from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition

STEP = Interval(0.5, 1.5)
TEMPERATURES = (2.0**-10, 2.0**10)
"""Below, a step is flat but for a thousandth; above, it is the identity but for a millionth."""


def softfloor(temperature: float) -> TransformDefinition:
    """y = s + (S((x - 1)/t) - s)/(S(1/(2t)) - s) for x in (1/2, 3/2), t = ``temperature``, S the logistic function
    and s = S(-1/(2t)): the step of the floor at 1, which goes on for other x as n + y(x - n).

    BadParameter, on one line, for a temperature outside ``TEMPERATURES``.

    Every other step is a branch of its own (``branch``), since a definition does not look at the size of x.
    Source: TensorFlow Probability's Softfloor, whose documentation has S((x - 1)/t) shifted and scaled so that 1/2 is
    mapped to 0 and 3/2 to 1, and says that it tends to the identity as t grows; its code adds s, which makes it do so.
    """
    parameters.positive("softfloor", temperature=temperature)
    if not TEMPERATURES[0] <= temperature <= TEMPERATURES[1]:
        raise parameters.BadParameter("softfloor", "temperature", temperature, "between 1/1024 and 1024")

    def parts(ns: NumberSystem) -> tuple[Element, Element, Element]:
        """t, s and S(1/(2t)) - s = tanh(1/(4t))."""
        t = ns.const(temperature)
        return t, ns.sigmoid(-(ns.const(0.5) / t)), ns.tanh(ns.const(0.25) / t)

    def forward(ns: NumberSystem, x: Element) -> Element:
        t, least, height = parts(ns)
        return (ns.sigmoid((x - ns.const(1.0)) / t) - least) / height + least

    def candidate(ns: NumberSystem, y: Element) -> Element:
        t, least, height = parts(ns)
        return ns.const(1.0) + t * ns.logit((y - least) * height + least)

    end = FloatNumbers().sigmoid(-0.5 / temperature)
    return TransformDefinition(
        name="softfloor",
        params={"temperature": temperature},
        forward=forward,
        inverse_candidate=candidate,
        domain=STEP,
        codomain=Interval(end, 1.0 + end, exact=False),
        increasing=True,
        formula="S(-1/(2*temperature)) + (S((x - 1)/temperature) - S(-1/(2*temperature)))/tanh(1/(4*temperature))",
        reference="TensorFlow Probability, Softfloor",
        ordinary=(0.53125, 1.46875),
        branch=True,
        goes_on=True,
    )
