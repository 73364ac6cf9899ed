"""Every law there is. To add a law is one module and one line here."""

from __future__ import annotations

from conformance.laws import (
    l01_log_det,
    l02_extremes,
    l03_values,
    l04_two_directions,
    l05_roundtrip,
    l07_shapes,
    l08_change_of_variables,
    l09_independence,
    l10_probabilities,
    l11_statistics,
    l12_density,
    l13_support,
    l14_own_samples,
    l15_dtype,
    l18_smoke,
    l20_metadata,
    l22_position,
    l24_order,
)
from conformance.laws.law import Law

LAWS: dict[str, Law] = {
    module.LAW.id: module.LAW
    for module in (
        l01_log_det,
        l02_extremes,
        l03_values,
        l04_two_directions,
        l05_roundtrip,
        l07_shapes,
        l08_change_of_variables,
        l09_independence,
        l10_probabilities,
        l11_statistics,
        l12_density,
        l13_support,
        l14_own_samples,
        l15_dtype,
        l18_smoke,
        l20_metadata,
        l22_position,
        l24_order,
    )
}
