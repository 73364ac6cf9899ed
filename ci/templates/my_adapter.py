"""A library that lives elsewhere, certified with one file. Copy it, replace ``mylib``, and run

    pytest --pyargs conformance --framework mylib --adapter-file my_adapter.py

``--write-known known_failures.toml`` lists what fails today, one entry per cause, with reason and link to be filled in;
beside this file the list is read by itself (conformance/findings/FORMAT.md says what it means). The contract
of every method is in adapters/interface/contract.py. An adapter translates and does nothing else: no clamping, no
repair; what the library lacks raises NotOffered. One that has classes may say which, and which objects it evaluates
(``public_classes``, ``constructed``): ``conformance coverage --adapter-file my_adapter.py`` then lists what is left.
What its objects say of themselves, such as their direction, is held against the definition (``declared``). Where its
operators can be watched (``watching``), a cause names the one that is wrong by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Description, NotOffered, Reproduction, Spec

Array = NDArray[Any]

# What a user would write; ``value`` is x in the forward direction and y in the inverse one. The same texts are
# evaluated and printed as reproductions, so that the two can't drift apart. Here the library is NumPy itself.
CALLS = {
    "exp": {"forward": "np.exp(value)", "inverse": "np.log(value)", "fldj": "value", "ildj": "-np.log(value)"},
}


class Adapter(AdapterBase):
    """Constructing it imports the library; nothing else does."""

    name = "mylib"

    def describe(self) -> Description:
        return Description(
            framework=self.name,
            version=np.__version__,
            packages={"numpy": np.__version__},
            dtypes=("float32", "float64"),
            flush_to_zero={"float32": False, "float64": False},
        )

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        if spec.name not in CALLS:
            raise NotOffered(f"mylib has no {spec.name}")
        return Transform(spec, dtype)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        raise NotOffered("mylib has no distributions")


class Transform(BoundTransform):
    """One transform at one dtype; parameters are in ``spec.params``, parts in ``spec.parts``."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        self._calls, self._dtype = CALLS[spec.name], dtype

    def _evaluate(self, quantity: str, value: Array) -> Array:
        result: Array = eval(self._calls[quantity], {"np": np, "value": value})
        return result

    def forward(self, x: Array) -> Array:
        return self._evaluate("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._evaluate("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._evaluate("fldj" if direction == "forward" else "ildj", value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return Reproduction(
            "import numpy as np\n"
            f'value = np.{self._dtype}(float.fromhex("{float(value).hex()}"))\n'
            f"print(float({self._calls[quantity]}).hex())\n"
        )
