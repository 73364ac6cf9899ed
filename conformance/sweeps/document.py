"""The result of a sweep as one document: a cell, findings, histograms; nothing in it depends on time or on luck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.comparison.framework_run import oracle_dir
from conformance.execution.client import FrameworkClient
from conformance.execution.request import Reply, Request
from conformance.findings.records import Finding
from conformance.findings.results import Cell, Curve
from conformance.findings.sweeps import Histogram, LawCounts, Maximum, SweepDocument
from conformance.floats.formats import Format, format_named
from conformance.floats.ordinals import from_ordinal, infinity_ordinal
from conformance.floats.regions import EXTREMES, Region, regions_of
from conformance.judging.cases import build_case
from conformance.judging.confirm import decimal_text, finding_of, hex_text, json_number
from conformance.judging.groups import Group, shown_point
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.laws.l13_support import SUPPORT_FAILURES
from conformance.laws.measure import Measure
from conformance.oracle.kept.values import ORACLE_VERSION
from conformance.oracle.oracle import Oracle
from conformance.scoring.curve import BINS, encode
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.sweeps import figures
from conformance.sweeps.blocks import Block, block_at, block_count
from conformance.sweeps.request import Sweep, writer_digest
from conformance.sweeps.scorer import centre_of
from conformance.sweeps.tally import NOWHERE, Tally


def document_of(sweep: Sweep, tally: Tally, client: FrameworkClient, oracle: Oracle | None = None) -> SweepDocument:
    """See the module's docstring. The worst inputs are evaluated again, by ball arithmetic, and every finding is
    confirmed as a comparison confirms it (a second opinion, and a reproduction that is run). A finding shows an answer
    that was given twice; where none of those known by name is, it is not confirmed."""
    return _Writer(sweep, tally, client, oracle or Oracle(oracle_dir(sweep.home))).document()


def law_of(quantity: str, region: Region, kind: Failure) -> str:
    """The law that a comparison files this failure under."""
    if region == Region.OUTSIDE or (kind in SUPPORT_FAILURES and quantity not in LOG_QUANTITIES):
        return "L13"
    if quantity not in LOG_QUANTITIES:
        return "L03"
    if region in EXTREMES:
        return "L02"
    return "L08" if quantity.startswith("log_prob") else "L01"


@dataclass
class _Writer:
    sweep: Sweep
    tally: Tally
    client: FrameworkClient
    oracle: Oracle

    def __post_init__(self) -> None:
        description = self.client.describe()
        sweep = self.sweep
        self.fmt: Format = format_named(sweep.dtype)
        self.axes: Mapping[str, str] = {
            "framework": sweep.framework,
            "version": str(description["version"]),
            "device": str(description["devices"][0]),
        }
        flushes = bool(description.get("flush_to_zero", {}).get(sweep.dtype, False))
        self.case: Case = build_case(
            self.client, self.oracle, sweep.subject, sweep.dtype, sweep.mode, PROFILES["default"], 0, flushes=flushes
        )
        self.frame = self.case.inputs.frame(sweep.quantity)
        self.log_quantity = sweep.quantity in LOG_QUANTITIES
        self._blocks: dict[int, Reply] = {}

    def document(self) -> SweepDocument:
        tally = self.tally
        return SweepDocument(
            oracle_version=ORACLE_VERSION,
            written_by=writer_digest(),
            inputs=int(tally.counts.sum()),
            unclaimed=figures.unclaimed(tally),
            cell=self._cell(),
            maximum=self._maximum(),
            histogram=Histogram(
                all=figures.histogram(tally, None),
                ordinary=figures.histogram(tally, Region.ORDINARY),
            ),
            laws=self._laws(),
            findings=self._findings(),
        )

    def _cell(self) -> Cell:
        sweep, tally, fmt = self.sweep, self.tally, self.fmt
        ordinary = int(tally.worst_ulp_at[Region.ORDINARY])
        exact = self._again(Region.ORDINARY, self._at(ordinary)) if ordinary != NOWHERE else np.nan
        centre = centre_of(self.frame, fmt)
        tolerance = self.case.tolerance(sweep.quantity)
        return Cell(
            framework=self.axes["framework"],
            version=self.axes["version"],
            device=self.axes["device"],
            mode=sweep.mode,
            dtype=sweep.dtype,
            subject=sweep.subject,
            quantity=sweep.quantity,
            status="scored",
            points=int(tally.counts.sum()),
            coverage="exact maximum",
            promise="" if tolerance.promise is None else str(tolerance.promise),
            accuracy=figures.accuracy(tally, fmt, exact),
            stability=figures.stability(tally),
            safe_range=figures.safe_range(tally, fmt, self.frame, centre, tolerance, self.log_quantity),
            regions=figures.regions(tally, fmt, self.log_quantity),
            failures=figures.failures(tally),
            undecided=figures.undecided(tally),
            inherent=figures.inherent(tally),
            certificates=figures.certificates(tally),
            tiers=figures.tiers(tally),
            seconds=0.0,
            curve=Curve(bins=BINS, bits=figures.curve(tally, fmt), condition=self._condition()),
        )

    def _condition(self) -> str:
        """The conditioning envelope, from the comparison's own points: it belongs to the function, not to the sweep."""
        points = self.case.inputs.points(self.sweep.quantity)
        truth = self.oracle.truth(self.sweep.subject, self.sweep.quantity, points.values, self.fmt)
        inside = points.region != Region.OUTSIDE
        with np.errstate(invalid="ignore"):
            forced = np.minimum(np.log2(1.0 + np.abs(truth.condition[inside])), 64.0)
        return encode(points.values[inside], forced, self.fmt)

    def _maximum(self) -> Maximum | None:
        """The largest error over all finite inputs but zero that have a truth, and where; None where there are none."""
        regions = [region for region in Region if region not in (Region.OUTSIDE, Region.SPECIAL)]
        worst = max(regions, key=lambda region: float(self.tally.worst_ulp[region]))
        at = int(self.tally.worst_ulp_at[worst])
        if at == NOWHERE:
            return None
        measure = self._at(at)
        ulp = self._again(worst, measure)
        return Maximum(
            region=Region(int(measure.region[0])).label,
            input=decimal_text(measure.inputs[0]),
            input_hex=hex_text(measure.inputs[0]),
            got=decimal_text(measure.got[0]),
            got_hex=hex_text(measure.got[0]),
            ulp=json_number(ulp),
            kind=Failure(int(measure.failures[0])).label,
            seen_again=bool(ulp == measure.distances.ulp[0]),
        )

    def _again(self, region: Region, measure: Measure) -> float:
        """The region's worst ulp: by ball arithmetic, or as it was seen where the block is now answered otherwise."""
        seen, now = float(self.tally.worst_ulp[region]), float(measure.distances.ulp[0])
        close = np.isfinite(seen) and abs(seen - now) <= 1e-3 * max(seen, 1.0)
        return now if close else seen

    def _laws(self) -> dict[str, LawCounts]:
        """By law: how many inputs it judged, and at how many the result cannot be used."""
        result: dict[str, list[int]] = {}
        for region in Region:
            counts = self.tally.counts[region]
            plain = law_of(self.sweep.quantity, region, Failure.NONE)
            judged = result.setdefault(plain, [0, 0])
            judged[0] += int(counts.sum())
            if self.log_quantity and region != Region.OUTSIDE:
                judged[1] += int(self.tally.unusable[region])
                continue
            for kind in np.flatnonzero(counts).tolist():
                if kind not in ACCUSES_NOBODY:
                    entry = result.setdefault(law_of(self.sweep.quantity, region, Failure(kind)), [0, 0])
                    entry[1] += int(counts[kind])
        return {law: LawCounts(checks=entry[0], failed=entry[1]) for law, entry in sorted(result.items()) if sum(entry)}

    def _findings(self) -> list[Finding]:
        found = []
        for region in Region:
            counts = self.tally.counts[region]
            for code in np.flatnonzero(counts).tolist():
                if code not in ACCUSES_NOBODY:
                    found.append(self._finding(region, Failure(code)))
        return found

    def _finding(self, region: Region, kind: Failure) -> Finding:
        """The finding; no accusation where the same block, asked again, was answered otherwise."""
        group = self._group(region, kind)
        finding = finding_of(group, self.case, self.axes, self.oracle, self.client)
        if group.measure.failures[0] != kind:
            # What is shown is the second answer: nobody is accused by it of what the first one was.
            finding.confirmed, finding.reproduction = False, replace(finding.reproduction, confirmed=False)
            finding.confirmed_by = "none: the same block, asked again, was answered otherwise"
        return finding

    def _group(self, region: Region, kind: Failure) -> Group:
        slot = (int(region), int(kind))
        seen = [self._at(int(places[slot])) for places in (self.tally.fail_near_at, self.tally.fail_at)]
        measure, note = seen[1], "every float was tried"
        if not any(one.failures[0] == kind for one in seen):
            # MindSpore flushes subnormals in some threads and not in others: another input may fail every time.
            seen = [self._at(pattern) for pattern in self._ends(slot)]
            note += f", but the answer at {decimal_text(measure.inputs[0])} was another the second time"
        grade = shown_point(self.case, measure, np.array([0]))[1]
        # The most everyday one first: the worst takes its place only where it is graver.
        chosen = [(shown_point(self.case, one, np.array([0]))[1], one) for one in seen if one.failures[0] == kind]
        if chosen:
            grade, measure = max(chosen, key=lambda one: one[0])
        low, high = (self._value(int(array[slot])) for array in (self.tally.fail_low, self.tally.fail_high))
        return Group(
            law=law_of(self.sweep.quantity, region, kind),
            quantity=self.sweep.quantity,
            kind=kind,
            region=region,
            count=int(self.tally.counts[slot]),
            total=int(self.tally.counts[region].sum()),
            measure=measure,
            worst=0,
            grade=grade,
            low=low,
            high=high,
            note=note,
        )

    def _ends(self, slot: tuple[int, int]) -> list[int]:
        """The patterns of the lowest and the highest input under a verdict; NaNs are left out."""
        sign, top = 1 << (self.fmt.bits - 1), infinity_ordinal(self.fmt)
        ordinals = [int(array[slot]) for array in (self.tally.fail_low, self.tally.fail_high)]
        return [one if one >= 0 else sign - one for one in ordinals if abs(one) <= top]

    def _value(self, ordinal: int) -> Any:
        top = infinity_ordinal(self.fmt)
        if abs(ordinal) > top:
            return np.array(np.nan).astype(self.fmt.dtype)
        return from_ordinal(np.array([ordinal]), self.fmt)[0]

    def _at(self, pattern: int) -> Measure:
        """The one input, as it was answered among its neighbours, against ball arithmetic."""
        size = block_at(0, self.fmt).count
        block = block_at(pattern // size, self.fmt)
        assert pattern // size < block_count(self.fmt)
        place = np.array([pattern - block.first])
        values = block.values(self.fmt)[place]
        reply = self._reply(block)
        part = Reply(
            reply.status,
            reply.values[place] if reply.values is not None and reply.values.shape == (block.count,) else reply.values,
            None if reply.fate is None else reply.fate[place],
            reply.message,
        )
        return self.case.score(self.sweep.quantity, values, regions_of(values, self.fmt, self.frame), part)

    def _reply(self, block: Block) -> Reply:
        if block.first not in self._blocks:
            self._blocks.clear()
            asked = self.sweep
            self._blocks[block.first] = self.client.evaluate(
                Request(
                    asked.subject, asked.quantity, asked.dtype, asked.mode, block.values(self.fmt), first=block.first
                )
            )
        return self._blocks[block.first]
