"""The deterministic action: short cuts against the densities themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from scipy import stats

from conformance.actions import snippets
from conformance.actions.policies import CLIP, Policy, Truth, truth_of
from conformance.actions.snippets import is_mode
from conformance.actions.stated import ESTIMATE, HALF, OF_DRAWS, OF_LOC
from conformance.causes.remedies import table_of
from conformance.cli.main import main
from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle


def log_density(x: np.ndarray, loc: float, scale: float) -> np.ndarray:
    return stats.norm.logpdf(x, loc, scale) - 2 * (np.log(2) - np.abs(x) - np.log1p(np.exp(-2 * np.abs(x))))


@pytest.fixture(scope="module")
def saturated() -> Truth:
    return truth_of(Policy(4.0, 3.0), format_named("float32"), Oracle())


@pytest.mark.slow
def test_the_short_cuts_are_off_by_what_the_densities_say(saturated: Truth) -> None:
    best = log_density(np.array(saturated.mode_x[0]), 4.0, 3.0)
    assert saturated.nats_of_median == pytest.approx(best - log_density(np.array(4.0), 4.0, 3.0), rel=1e-9)
    mean_x = np.arctanh(float(saturated.mean))
    assert saturated.nats_of_mean == pytest.approx(best - log_density(mean_x, 4.0, 3.0), rel=1e-9)
    draws = np.random.default_rng(1).normal(4.0, 3.0, 400_000)
    information = -log_density(draws, 4.0, 3.0)
    assert saturated.entropy == pytest.approx(information.mean(), abs=0.05)
    assert saturated.spread == pytest.approx(information.std(), rel=0.01)
    log_det = 2 * (np.log(2) - np.abs(draws) - np.log1p(np.exp(-2 * np.abs(draws))))
    assert saturated.spread_of_log_det == pytest.approx(log_det.std(), rel=0.01)
    assert saturated.most == pytest.approx(best, rel=1e-12)
    end = np.arctanh(CLIP)
    beyond = draws[np.abs(draws) > end]
    assert saturated.clipped == pytest.approx(len(beyond) / len(draws), rel=0.02)
    typical = np.median(beyond[beyond > 0])
    off = log_density(np.array(end), 4.0, 3.0) - log_density(typical, 4.0, 3.0)
    assert saturated.nats_of_clip == pytest.approx(off, abs=0.05)
    assert 0.03 < saturated.saturated < 0.06
    assert 0.1 < saturated.nats_of_rounding < 1.0


@pytest.mark.slow
def test_a_policy_that_saturates_throughout_has_nothing_left_to_invert() -> None:
    truth = truth_of(Policy(10.0, 0.125), format_named("float32"), Oracle())
    assert (truth.saturated, isnan(truth.nats_of_rounding)) == (1.0, True)
    assert truth.mode[0].startswith("(1 - 3.87e-9)") or truth.mode[0].startswith("(1 - 3.87E-9)")


@pytest.mark.slow
def test_the_command_tells_it_in_three_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["actions", "--policy", "0.5,0.5"]) == 0
    table = capsys.readouterr().out
    assert "0.687894" in table
    assert main(["actions", "--policy", "0.5,0.5", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("| loc, scale | mode |")
    assert main(["actions", "--policy", "0.5,0.5", "--json"]) == 0
    (policy,) = json.loads(capsys.readouterr().out)["policies"]
    assert policy["nats_of_median"] == pytest.approx(0.1641, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--policy", "0.5"], "a policy is LOC,SCALE, two numbers"),
        (["--policy", "a,b"], "a policy is LOC,SCALE, two numbers"),
        (["--policy", "0,-1"], "scale a positive one"),
        (["--policy", "0,1e-60"], "scale a positive one"),
        (["--policy", "inf,1"], "loc is a finite number"),
        (["--dtype", "float31"], "float31"),
        (["--framework", "jax"], "jax"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["actions", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert told in said
    assert len(said.splitlines()) == 1


@pytest.mark.slow
def test_only_the_mode_is_taken_for_the_mode(saturated: Truth) -> None:
    fmt = format_named("float32")
    with Oracle() as oracle:
        x = fmt.dtype.type(saturated.mode_x[0])
        assert is_mode(saturated, x, fmt.dtype.type(1.0), fmt, oracle)
        assert not is_mode(saturated, x, fmt.dtype.type(0.999), fmt, oracle)
        for other in (4.0, 21.9, 22.1, np.nan):
            assert not is_mode(saturated, fmt.dtype.type(other), fmt.dtype.type(1.0), fmt, oracle)


@pytest.mark.frameworks
def test_a_framework_is_asked_about_its_own_draws(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["actions", "--policy", "4,3", "--policy=-0.5,0.5", "--framework", "torch,tfp,paddle,mindspore,brax"]
    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    wide = {one["framework"]: one for one in document["frameworks"] if one["policy"]["loc"] == 4.0}
    narrow = {one["framework"]: one for one in document["frameworks"] if one["policy"]["loc"] != 4.0}
    torch, brax = wide["torch"], wide["brax"]
    assert torch["again"]["offered"]
    assert torch["again"]["lost"] == torch["saturated"] > 0.03
    assert torch["kept"]["lost"] == 0
    assert torch["kept"]["worst"] < 1e-5
    assert "cache_size=1" in torch["remedy"]["code"]
    assert (brax["again"]["offered"], brax["kept"]["offered"]) == (False, True)
    assert "def log_prob_before(" in brax["remedy"]["code"]
    assert wide["mindspore"]["status"] == "not offered"
    for name, one in [*wide.items(), *narrow.items()]:  # Each script was run for both policies, in its environment.
        assert one["remedy"]["right"], name
        assert one["action"]["right"], name
    for name in ("torch", "tfp", "paddle", "brax"):
        saturated, inside = wide[name], narrow[name]
        assert saturated["inverted"]["lost"] > 0.03, name
        assert saturated["cut"]["lost"] == 0, name  # What is clipped is finite, and nats off.
        assert 8 < saturated["cut"]["worst"] < 10, name
        assert saturated["cut"]["mean"] < -0.2, name
        assert inside["inverted"]["lost"] == inside["cut"]["lost"] == 0, name
        assert inside["inverted"]["worst"] < 1e-4, name
        assert saturated["inverted_by"] == ("log_prob_from_base" if name == "brax" else "log_prob")
        stated = {(value["quantity"], value["by"]): value for value in inside["stated"]}
        for quantity in ("mode", "median", "mean", "entropy"):
            assert stated[quantity, quantity]["status"] == "not_offered", name
        assert (stated["median", HALF]["status"] == "ok") == (name in ("torch", "tfp"))
        assert (stated["entropy", ESTIMATE]["status"] == "ok") == (name == "brax")
        assert stated["median", OF_LOC]["off"] < 1e-6
        assert stated["mode", OF_LOC]["off"] == pytest.approx(0.1641, abs=1e-4)
        assert stated["mean", OF_DRAWS]["off"] < 0.05  # 0.4 / 64 is the standard error.


@pytest.mark.frameworks
def test_in_sixteen_bits_the_clip_is_1_and_clips_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["actions", "--policy", "4,3", "--framework", "numpy", "--dtype", "bfloat16", "--json"]
    assert main(arguments) == 0
    (found,) = json.loads(capsys.readouterr().out)["frameworks"]
    assert found["inverted"]["lost"] > 0.5
    assert found["cut"] == found["inverted"]
    assert found["kept"]["lost"] == 0


@pytest.mark.frameworks
def test_a_script_that_finds_another_point_is_said_to_be_wrong(
    saturated: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_of("torch")
    assert table is not None
    (entry,) = [one for one in table.entries if one.quantity == "mode"]
    wrong = replace(entry, code=entry.code.replace("2 * scale**2", "scale**2"))
    monkeypatch.setattr(snippets, "table_of", lambda framework: replace(table, entries=(wrong,)))
    with FrameworkClient(existing("torch"), "torch") as client, Oracle() as oracle:
        found = snippets.deterministic("torch", saturated, format_named("float32"), client, oracle)
    assert found is not None
    assert not found.right
