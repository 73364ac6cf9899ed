"""A program of elementwise steps as machine code: LLVM's, by way of llvmlite. Imported only where that is there.

Guarantee: every step is one IEEE 754 operation in its own format, rounded to nearest, with subnormal numbers, or a
selection; none is contracted, reordered or left out (LLVM may do none of that without flags that are not set). ldexp
and frexp of float32 go by way of float64, which holds every such product exactly, so that they round once.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from adapters.numpy.branches import Choice, Item, scheduled
from adapters.numpy.traced import Program, Step, Untraceable

LANES = 64
"""Elements to a turn: arrays are as long as a multiple of it."""

_SCALARS: dict[Any, Any] = {
    np.dtype(np.float32): ir.FloatType(),
    np.dtype(np.float64): ir.DoubleType(),
    np.dtype(np.int32): ir.IntType(32),
    np.dtype(np.bool_): ir.IntType(1),
}
_SIZES = {np.dtype(np.float32): 32, np.dtype(np.float64): 64}
_PREDICATES = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
}  # fmt: skip
_FUSED = llvm.get_host_cpu_features().get("fma", False)
_LARGEST_POWER = 600
"""Products with powers of two of float32 are exact in float64 up to here, and beyond 0 or infinite in float32."""


def compile_loop(program: Program, leaves: Sequence[int], targets: Sequence[int]) -> Callable[..., None]:
    """A function of the arrays of the steps ``leaves`` and of those that the steps ``targets`` are written to, all of
    one length that LANES divides. Untraceable where a step is none of the known ones."""
    module = ir.Module()
    if any(program.steps[at].dtype == np.bool_ for at in (*leaves, *targets)):
        raise Untraceable("truth values in memory")  # They are bits here, and bytes there.
    pointers = [ir.PointerType(_scalar(program.steps[at].dtype)) for at in (*leaves, *targets)]
    loop = ir.Function(module, ir.FunctionType(ir.VoidType(), [*pointers, ir.IntType(64)]), "loop")
    entry, body, done = (loop.append_basic_block(name) for name in ("entry", "body", "done"))
    count, zero = loop.args[-1], ir.Constant(ir.IntType(64), 0)
    start = ir.IRBuilder(entry)
    start.cbranch(start.icmp_signed(">", count, zero), body, done)
    builder = ir.IRBuilder(body)
    at = builder.phi(ir.IntType(64))
    at.add_incoming(zero, entry)
    lanes = _Lanes(program, module, loop, builder)
    for leaf, pointer in zip(leaves, loop.args, strict=False):
        lanes.values[leaf] = builder.load(lanes.place(pointer, at), align=4)
    lanes.do(scheduled(program, leaves, targets))
    for target, pointer in zip(targets, loop.args[len(leaves) :], strict=False):
        builder.store(lanes.values[target], lanes.place(pointer, at), align=4)
    following = builder.add(at, ir.Constant(ir.IntType(64), LANES))
    at.add_incoming(following, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, count), body, done)
    ir.IRBuilder(done).ret_void()
    return _function(module, len(pointers))


def _scalar(dtype: Any) -> Any:
    found = _SCALARS.get(np.dtype(dtype))
    if found is None:
        raise Untraceable(f"{dtype}")
    return found


def _function(module: ir.Module, arrays: int) -> Callable[..., None]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(parsed, builder)
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arrays, ctypes.c_int64)
    call = signature(engine.get_function_address("loop"))

    def loop(*of: NDArray[Any], engine: Any = engine) -> None:  # The engine owns the code.
        call(*(array.ctypes.data for array in of), len(of[0]))

    return loop


class _Lanes:
    """The steps of a program as vectors of LANES elements."""

    def __init__(self, program: Program, module: ir.Module, loop: ir.Function, builder: ir.IRBuilder) -> None:
        self._program, self._module, self._loop, self._builder = program, module, loop, builder
        self.values: dict[int, Any] = {}

    def place(self, pointer: Any, at: Any) -> Any:
        there = self._builder.gep(pointer, [at])
        return self._builder.bitcast(there, ir.PointerType(ir.VectorType(pointer.type.pointee, LANES)))

    def do(self, items: Sequence[Item]) -> None:
        """All of it, in order."""
        for item in items:
            if isinstance(item, int):
                self.values[item] = self._made(self._program.steps[item])
            else:
                self._choose(item)

    def _choose(self, choice: Choice) -> None:
        """Its selections, after what either side needs, which is jumped over where no element chooses that side."""
        chosen = self._builder.bitcast(self.values[choice.condition], ir.IntType(LANES))
        for side, nobody in ((True, 0), (False, -1)):
            if choice.sides[side]:
                some = self._builder.icmp_unsigned("!=", chosen, ir.Constant(ir.IntType(LANES), nobody))
                self._unless_nobody(some, choice.sides[side], [self._operand(one, side) for one in choice.selections])
        for one in choice.selections:
            self.values[one] = self._made(self._program.steps[one])

    def _operand(self, selection: int, side: bool) -> int:
        return self._program.steps[selection].operands[1 if side else 2]

    def _unless_nobody(self, some: Any, items: Sequence[Item], wanted: Sequence[int]) -> None:
        """Do the items where ``some`` is true; afterwards ``wanted`` have values, and these mean nothing elsewhere."""
        before, known = self._builder.block, set(self.values)
        inside, after = (self._loop.append_basic_block(name) for name in ("side", "after"))
        self._builder.cbranch(some, inside, after)
        self._builder.position_at_end(inside)
        self.do(items)
        end = self._builder.block
        self._builder.branch(after)
        self._builder.position_at_end(after)
        inner = {at: value for at, value in self.values.items() if at not in known}
        self.values = {at: value for at, value in self.values.items() if at in known}
        for at in dict.fromkeys(wanted):
            if at in inner:
                merged = self._builder.phi(inner[at].type)
                merged.add_incoming(inner[at], end)
                merged.add_incoming(ir.Constant(inner[at].type, None), before)
                self.values[at] = merged

    def _made(self, step: Step) -> Any:
        if step.operation == "constant":
            return self._constant(step.dtype, step.value)
        if not isinstance(step.operation, str):
            raise Untraceable(step.operation.__name__)
        return getattr(self, f"_{step.operation}")(step, *(self.values[one] for one in step.operands))

    def _constant(self, dtype: Any, value: Any) -> Any:
        scalar = _scalar(dtype)
        number = int(value) if isinstance(scalar, ir.IntType) else float(value)
        return ir.Constant(ir.VectorType(scalar, LANES), [ir.Constant(scalar, number)] * LANES)

    def _call(self, name: str, *operands: Any) -> Any:
        kind = operands[0].type
        full = f"llvm.{name}.v{LANES}{'f64' if kind.element == ir.DoubleType() else 'f32'}"
        declared = self._module.globals.get(full)
        if declared is None:
            declared = ir.Function(self._module, ir.FunctionType(kind, [kind] * len(operands)), full)
        return self._builder.call(declared, operands)

    def _bits(self, value: Any, size: int) -> Any:
        return self._builder.bitcast(value, ir.VectorType(ir.IntType(size), LANES))

    def _whole(self, size: int, value: int) -> Any:
        return ir.Constant(ir.VectorType(ir.IntType(size), LANES), [value] * LANES)

    def _of_numbers(self, step: Step, of_floats: Any, of_whole: Any) -> Any:
        kind = step.dtype.kind
        return of_floats if kind == "f" else of_whole if kind == "i" else self._refuse(step)

    def _add(self, step: Step, a: Any, b: Any) -> Any:
        return self._of_numbers(step, self._builder.fadd, self._builder.add)(a, b)

    def _subtract(self, step: Step, a: Any, b: Any) -> Any:
        return self._of_numbers(step, self._builder.fsub, self._builder.sub)(a, b)

    def _multiply(self, step: Step, a: Any, b: Any) -> Any:
        return self._of_numbers(step, self._builder.fmul, self._builder.mul)(a, b)

    def _divide(self, _: Step, a: Any, b: Any) -> Any:
        return self._builder.fdiv(a, b)

    def _negative(self, step: Step, a: Any) -> Any:
        return self._builder.fneg(a) if step.dtype.kind == "f" else self._builder.neg(a)

    def _absolute(self, step: Step, a: Any) -> Any:
        return self._call("fabs", a) if step.dtype.kind == "f" else self._refuse(step)

    def _square(self, step: Step, a: Any) -> Any:
        return self._multiply(step, a, a)

    def _sqrt(self, _: Step, a: Any) -> Any:
        return self._call("sqrt", a)

    def _rint(self, _: Step, a: Any) -> Any:
        return self._call("rint", a)

    def _floor(self, _: Step, a: Any) -> Any:
        return self._call("floor", a)

    def _copysign(self, _: Step, a: Any, b: Any) -> Any:
        return self._call("copysign", a, b)

    def _signbit(self, step: Step, a: Any) -> Any:
        size = _SIZES[self._program.steps[step.operands[0]].dtype]
        return self._builder.icmp_signed("<", self._bits(a, size), self._whole(size, 0))

    def _isnan(self, _: Step, a: Any) -> Any:
        return self._builder.fcmp_unordered("uno", a, a)

    def _isinf(self, step: Step, a: Any) -> Any:
        return self._builder.fcmp_ordered("==", self._call("fabs", a), self._infinity(step))

    def _isfinite(self, step: Step, a: Any) -> Any:
        return self._builder.fcmp_ordered("<", self._call("fabs", a), self._infinity(step))

    def _infinity(self, step: Step) -> Any:
        return self._constant(self._program.steps[step.operands[0]].dtype, np.inf)

    def _compare(self, step: Step, a: Any, b: Any) -> Any:
        sign = _PREDICATES[step.operation]
        kind = self._program.steps[step.operands[0]].dtype.kind
        if kind == "b" and sign not in ("==", "!="):
            self._refuse(step)  # One bit with a sign is -1.
        if kind != "f":
            return self._builder.icmp_signed(sign, a, b)
        compare = self._builder.fcmp_unordered if sign == "!=" else self._builder.fcmp_ordered
        return compare(sign, a, b)

    _less = _less_equal = _greater = _greater_equal = _equal = _not_equal = _compare

    def _and(self, _: Step, a: Any, b: Any) -> Any:
        return self._builder.and_(a, b)

    def _or(self, _: Step, a: Any, b: Any) -> Any:
        return self._builder.or_(a, b)

    def _not(self, _: Step, a: Any) -> Any:
        return self._builder.not_(a)

    def _where(self, _: Step, condition: Any, a: Any, b: Any) -> Any:
        return self._builder.select(condition, a, b)

    def _maximum(self, _: Step, a: Any, b: Any) -> Any:
        first = self._builder.or_(self._builder.fcmp_ordered(">=", a, b), self._isnan(_, a))
        return self._builder.select(first, a, b)

    def _minimum(self, _: Step, a: Any, b: Any) -> Any:
        first = self._builder.or_(self._builder.fcmp_ordered("<=", a, b), self._isnan(_, a))
        return self._builder.select(first, a, b)

    def _floor_divide(self, step: Step, a: Any, _: Any) -> Any:
        divisor = self._program.steps[step.operands[1]]
        power = int(divisor.value) if divisor.operation == "constant" and divisor.dtype.kind == "i" else 0
        if power <= 0 or power & (power - 1):
            self._refuse(step)
        return self._builder.ashr(a, self._whole(32, power.bit_length() - 1))

    def _rest_of_product(self, step: Step) -> tuple[int, int, int] | None:
        """(a, b, p) where a step is what float64 finds of a b - p for float32 a and b and their product p, rounded to
        float32: exact up to there, so what a fused multiplication and addition gives in one instruction."""
        steps = self._program.steps

        def narrow(at: int) -> int:
            one = steps[at]
            return one.operands[0] if one.operation == "cast" and steps[one.operands[0]].dtype == np.float32 else -1

        minus = steps[step.operands[0]]
        if step.dtype != np.float32 or minus.operation != "subtract" or minus.dtype != np.float64:
            return None
        product, less = steps[minus.operands[0]], narrow(minus.operands[1])
        if product.operation != "multiply" or less < 0:
            return None
        a, b = (narrow(one) for one in product.operands)
        rounded = steps[less]
        same = rounded.operation == "multiply" and set(rounded.operands) == {a, b}
        return (a, b, less) if same else None

    def _cast(self, step: Step, a: Any) -> Any:
        rest = self._rest_of_product(step)
        if rest and _FUSED:
            first, second, less = (self.values[one] for one in rest)
            return self._call("fma", first, second, self._builder.fneg(less))
        source, wanted = self._program.steps[step.operands[0]].dtype, step.dtype
        to = ir.VectorType(_scalar(wanted), LANES)
        if source.kind == "b":
            return self._builder.uitofp(a, to) if wanted.kind == "f" else self._builder.zext(a, to)
        if source.kind == "i" and wanted.kind == "f":
            return self._builder.sitofp(a, to)
        if source.kind == "f" and wanted.kind == "i":
            return self._builder.fptosi(a, to)
        if source.kind == "f" and wanted.kind == "f":
            wider = _SIZES[wanted] > _SIZES[source]
            return self._builder.fpext(a, to) if wider else self._builder.fptrunc(a, to)
        return self._refuse(step)

    def _refuse(self, step: Step) -> Any:
        raise Untraceable(f"{step.operation} of {step.dtype}")

    def _wide(self, step: Step, a: Any) -> Any:
        if self._program.steps[step.operands[0]].dtype != np.float32:
            self._refuse(step)
        return self._builder.fpext(a, ir.VectorType(ir.DoubleType(), LANES))

    def _ldexp(self, step: Step, a: Any, power: Any) -> Any:
        wide, most = self._wide(step, a), self._whole(32, _LARGEST_POWER)
        least = self._whole(32, -_LARGEST_POWER)
        power = self._builder.select(self._builder.icmp_signed(">", power, most), most, power)
        power = self._builder.select(self._builder.icmp_signed("<", power, least), least, power)
        field = self._builder.sext(power, ir.VectorType(ir.IntType(64), LANES))
        field = self._builder.shl(self._builder.add(field, self._whole(64, 1023)), self._whole(64, 52))
        factor = self._builder.bitcast(field, ir.VectorType(ir.DoubleType(), LANES))
        return self._builder.fptrunc(self._builder.fmul(wide, factor), a.type)

    def _mantissa(self, step: Step, a: Any) -> Any:
        bits = self._bits(self._wide(step, a), 64)
        bits = self._builder.and_(bits, self._whole(64, ~(0x7FF << 52)))
        bits = self._builder.or_(bits, self._whole(64, 1022 << 52))
        found = self._builder.bitcast(bits, ir.VectorType(ir.DoubleType(), LANES))
        return self._builder.select(self._has_exponent(a), self._builder.fptrunc(found, a.type), a)

    def _exponent(self, step: Step, a: Any) -> Any:
        bits = self._bits(self._wide(step, a), 64)
        field = self._builder.and_(self._builder.lshr(bits, self._whole(64, 52)), self._whole(64, 0x7FF))
        field = self._builder.sub(field, self._whole(64, 1022))
        found = self._builder.trunc(field, ir.VectorType(ir.IntType(32), LANES))
        return self._builder.select(self._has_exponent(a), found, self._whole(32, 0))

    def _has_exponent(self, a: Any) -> Any:
        """Where a float32 is neither zero nor infinite nor nan."""
        size, kind = self._call("fabs", a), np.dtype(np.float32)
        below = self._builder.fcmp_ordered("<", size, self._constant(kind, np.inf))
        return self._builder.and_(below, self._builder.fcmp_ordered(">", size, self._constant(kind, 0.0)))
