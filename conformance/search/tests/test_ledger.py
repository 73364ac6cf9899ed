"""Steps are told from noise, spikes and slopes."""

from __future__ import annotations

import numpy as np

from conformance.search.ledger import Seen, steps


def test_a_step_shows_between_its_two_points_only() -> None:
    level = np.array([0.5] * 10 + [20.0] * 10)
    height = steps(level)
    assert int(np.argmax(height)) == 9
    assert height[9] == 19.5
    assert (np.delete(height, 9) <= 0).all()
    assert np.array_equal(steps(level[::-1]), height[::-1])


def test_a_spike_and_noise_are_no_step() -> None:
    spike = np.zeros(21)
    spike[10] = 50.0
    assert steps(spike).max() <= 0
    noise = np.log2(1.0 + 1e6 * np.random.default_rng(1).uniform(size=20_000))
    assert np.mean(steps(noise) > 4.0) < 1e-3


def test_a_step_under_noise_is_found() -> None:
    generator = np.random.default_rng(2)
    level = np.log2(1.0 + np.concatenate([generator.uniform(0, 0.5, 50), generator.uniform(0, 1e6, 50)]))
    assert abs(int(np.argmax(steps(level))) - 49) <= 2


def test_new_points_are_those_not_seen() -> None:
    nothing = Seen.nothing()
    assert nothing.new(np.array([3, 1, 3])).tolist() == [1, 3]
    some = Seen(np.array([1, 5]), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2, np.uint8))
    assert some.new(np.array([9, 5, 0, 1, 2])).tolist() == [0, 2, 9]
