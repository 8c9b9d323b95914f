"""Eight members side by side: values of eight numbers that the processor treats at once.

numba knows scalars and arrays.  Here it learns a further kind of value, of LLVM's vector type: eight integers or
floats, one for each member of a group.  LLVM maps them to the vector registers that a processor has (one of AVX-512,
two of AVX2, four of NEON) with the same results.  They live inside the compiled loops only; arrays are read and
written eight entries at a time (:func:`load`, :func:`store`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

from caravana.models.displacement.walk.kernels.bundles import OURS, ArrayType

Build = Callable[..., Any]
Lanes = Any
"""Eight numbers, one a member; what of, the functions below say."""
#: Members side by side.
LANES = 8
#: What numba does not say the types of.
_LOWER: Any = lower_builtin
_TYPE: Any = infer_global
_SIGNATURE: Any = signature
_DECLARE: Any = cgutils.get_or_insert_function
_NUMBER = {"i64": ir.IntType(64), "i32": ir.IntType(32), "f64": ir.DoubleType(), "i1": ir.IntType(1)}
_SCALAR: dict[str, Any] = {"i64": types.int64, "i32": types.int32, "f64": types.float64}
_OF_ARRAY = {types.int64: "i64", types.uint64: "i64", types.int32: "i32", types.uint32: "i32", types.float64: "f64"}
_BYTES = {"i64": 8, "i32": 4, "f64": 8}
_INDEX = ir.IntType(32)


class LaneType(types.Type):
    """Eight numbers of one kind: ``i64``, ``i32``, ``f64``, or ``i1`` for yes or no."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(name=f"lanes({kind})")


@register_model(LaneType)
class LaneModel(models.PrimitiveModel):
    """How LLVM holds them."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _vector(fe_type.kind))  # type: ignore[no-untyped-call]


I64, I32, F64, MASK = LaneType("i64"), LaneType("i32"), LaneType("f64"), LaneType("i1")


def _inside(function: Build) -> Build:
    """Let compiled loops call a function that builds what it does."""
    intrinsic_function: Build = intrinsic(function)
    return intrinsic_function


def _vector(kind: str) -> ir.VectorType:
    """LLVM's type of eight numbers."""
    return ir.VectorType(_NUMBER[kind], LANES)


def _define(op: Any, makers: dict[str, Build], *, mask: bool = False) -> None:
    """Define an operator between lanes, by kind; with `mask` its result is yes or no."""

    @_TYPE(op)
    class Operator(AbstractTemplate):
        metadata = OURS

        def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - as numba calls it
            left = args[0]
            if isinstance(left, LaneType) and args[1:] == (left,) and left.kind in makers:
                return _SIGNATURE(MASK if mask else left, left, left)
            return None

    for kind, make in makers.items():

        def lower(context: Any, builder: Any, sig: Any, args: Any, make: Any = make) -> Any:
            return make(builder, *args)

        _LOWER(op, LaneType(kind), LaneType(kind))(lower)


def _comparison(sign: str) -> dict[str, Build]:
    """A comparison of integers and of floats."""

    def integers(builder: Any, left: Any, right: Any) -> Any:
        return builder.icmp_signed(sign, left, right)

    def floats(builder: Any, left: Any, right: Any) -> Any:
        return builder.fcmp_ordered(sign, left, right)

    return {"i64": integers, "i32": integers, "f64": floats}


_B = ir.IRBuilder
_define(operator.add, {"i64": _B.add, "i32": _B.add, "f64": _B.fadd})
_define(operator.sub, {"i64": _B.sub, "i32": _B.sub, "f64": _B.fsub})
_define(operator.mul, {"i64": _B.mul, "f64": _B.fmul})
_define(operator.truediv, {"f64": _B.fdiv})
_define(operator.and_, {"i64": _B.and_, "i32": _B.and_, "i1": _B.and_})
_define(operator.or_, {"i64": _B.or_, "i1": _B.or_})
_define(operator.xor, {"i64": _B.xor})
_define(operator.lshift, {"i64": _B.shl})
_define(operator.rshift, {"i64": _B.lshr})
for _sign, _op in (
    (">", operator.gt),
    ("<", operator.lt),
    (">=", operator.ge),
    ("==", operator.eq),
    ("!=", operator.ne),
):
    _define(_op, _comparison(_sign), mask=True)


def _first_of(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Where the first entry of an array stands."""
    return array if isinstance(kind, ArrayType) else context.make_array(kind)(context, builder, array).data


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any, lanes: str) -> Any:
    """Where eight entries of an array stand."""
    data = _first_of(context, builder, kind, array)
    return builder.bitcast(builder.gep(data, [at]), _vector(lanes).as_pointer())


@_inside
def load(typing: Any, array: Any, at: Any) -> Any:
    """Read eight entries of an array (of one dimension, contiguous) from an index on."""
    kind = _OF_ARRAY[array.dtype]

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _place(context, builder, sig.args[0], args[0], args[1], kind)
        return builder.load(place, align=_BYTES[kind])

    return LaneType(kind)(array, types.int64), build


@_inside
def store(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """Write eight entries of an array from an index on."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _place(context, builder, sig.args[0], args[0], args[1], value.kind)
        builder.store(args[2], place, align=_BYTES[value.kind])
        return context.get_dummy_value()

    return types.void(array, types.int64, value), build


def _all(kind: str) -> Any:
    """A function that gives every member the same number."""

    @_inside
    def every(typing: Any, number: Any) -> Any:
        def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            one = builder.insert_element(ir.Constant(_vector(kind), ir.Undefined), args[0], _INDEX(0))
            return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES))

        return LaneType(kind)(_SCALAR[kind]), build

    return every


all_i64, all_i32, all_f64 = _all("i64"), _all("i32"), _all("f64")


def _cast(source: str, target: str, how: Any) -> Any:
    """A function from one kind of number to another."""

    @_inside
    def cast(typing: Any, lanes: Any) -> Any:
        def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return how(builder, args[0], _vector(target))

        return LaneType(target)(LaneType(source)), build

    return cast


widen, narrow = _cast("i32", "i64", _B.sext), _cast("i64", "i32", _B.trunc)
"""Signed integers of 32 bits as those of 64; the lower half of the latter."""
unsigned = _cast("i32", "i64", _B.zext)
"""Integers of 32 bits without a sign as those of 64."""
to_float, to_int = _cast("i32", "f64", _B.sitofp), _cast("f64", "i32", _B.fptosi)
"""Between integers of 32 bits and floats, without their fraction."""
to_long = _cast("f64", "i64", _B.fptosi)
"""Floats as integers of 64 bits, without their fraction."""
as_float = _cast("i64", "f64", _B.bitcast)
"""The float that the same bits stand for."""


@_inside
def count_ones(typing: Any, lanes: Any) -> Any:
    """How many bits are set in each (64 bits)."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(_vector("i64"), [_vector("i64")])
        return builder.call(_DECLARE(builder.module, kind, "llvm.ctpop.v8i64"), args)

    return I64(I64), build


def _bytes(sign: str) -> Any:
    """A function that compares the bytes of integers of 64 bits: eight bits of yes or no in place of each."""

    @_inside
    def compare(typing: Any, left: Any, right: Any) -> Any:
        def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            small = ir.VectorType(ir.IntType(8), LANES * 8)
            says = builder.icmp_unsigned(sign, *(builder.bitcast(one, small) for one in args))
            return builder.zext(builder.bitcast(says, ir.VectorType(ir.IntType(8), LANES)), _vector("i64"))

        return I64(I64, I64), build

    return compare


bytes_below, bytes_equal = _bytes("<"), _bytes("==")


@_inside
def select(typing: Any, mask: Any, yes: Any, no: Any) -> Any:
    """One number where the mask says yes, else the other."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return yes(MASK, yes, yes), build


@_inside
def any_of(typing: Any, mask: Any) -> Any:
    """Whether the mask says yes anywhere."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        byte = ir.IntType(LANES)
        return builder.icmp_unsigned("!=", builder.bitcast(args[0], byte), byte(0))

    return types.boolean(MASK), build


@_inside
def sum_of(typing: Any, lanes: Any) -> Any:
    """Sum of eight integers of 32 bits."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(_NUMBER["i32"], [_vector("i32")])
        return builder.call(_DECLARE(builder.module, kind, "llvm.vector.reduce.add.v8i32"), args)

    return types.int32(I32), build


@_inside
def one_of(typing: Any, lanes: Any, lane: Any) -> Any:
    """The number of one member."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(*args)

    return _SCALAR[lanes.kind](lanes, types.int64), build


@_inside
def with_one(typing: Any, lanes: Any, lane: Any, number: Any) -> Any:
    """The same numbers but for one member's."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.insert_element(args[0], args[2], args[1])

    return lanes(lanes, types.int64, _SCALAR[lanes.kind]), build


@_inside
def fetch(typing: Any, array: Any, at: Any) -> Any:
    """Have the processor fetch what stands at an index of an array, which is soon written; nothing else."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = _first_of(context, builder, sig.args[0], args[0])
        place = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), _INDEX, _INDEX, _INDEX])
        call = _DECLARE(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [place, _INDEX(1), _INDEX(3), _INDEX(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), build
