"""Bundles of named arrays, handed to the compiled loops as one address.

numba hands a named tuple of arrays on as all that is known of each, seven numbers an array, and a loop is given some
sixty arrays: to take these apart and put them together again for each loop inside another was most of what compiling
took.  A bundle is a table in memory, a word for each field: an array's address, or a number.  A loop is given where the
table stands, and reads from it what it needs.

Inside loops an array of a bundle knows its kind of number only: no length, and no index from the end.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_type_hints

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
    unbox,
)
from numba.np.numpy_support import from_dtype

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Has numba ask for the types of what is ours before it goes through all that it knows itself, as of this target alone.
OURS = {"target": "cpu"}
_WORD = ir.IntType(64)
_BYTES = 8
#: What numba does not say the types of, or says otherwise than it is called inside loops.
_LOWER: Any = lower_builtin
_TYPE: Any = infer_global
_SIGNATURE: Any = signature
_INSIDE: Any = intrinsic


@functools.cache
def _kinds(bundle: type[Bundle]) -> dict[str, np.dtype[Any] | type]:
    """What each field of a kind of bundle is: the kind of number of an array, or a number's own."""
    hints = get_type_hints(bundle)
    named = {field.name: hints[field.name] for field in fields(bundle)}  # type: ignore[arg-type]
    return {
        name: hint if hint in {int, float} else np.dtype(get_args(get_args(hint)[1])[0]) for name, hint in named.items()
    }


class Bundle:
    """Base of the frozen data classes that loops are given; their fields are arrays and numbers.

    Arrays may be written into, but no other may be put in the place of one.
    """

    #: Whether the first axis of all arrays is that of groups, each of which is a bundle for loops (:func:`group_of`).
    GROUPED: ClassVar[bool] = False

    @functools.cached_property
    def table(self) -> NDArray[np.uint64]:
        """What loops read, [group, field].

        Raises
        ------
        TypeError
            If an array is of another kind than its field says, or its entries do not lie one after the other: loops
            would read something else.
        """
        kinds, values = _kinds(type(self)), vars(self)  # type: ignore[arg-type]
        words = np.empty(len(kinds), np.uint64)
        for at, (name, kind) in enumerate(kinds.items()):
            value = values[name]
            if isinstance(kind, type):
                words[at : at + 1].view(kind)[0] = value
                continue
            if value.dtype != kind or not value.flags.c_contiguous:
                raise TypeError(f"{type(self).__name__}.{name} must be an array of {kind} in one piece")
            words[at] = value.__array_interface__["data"][0]
        if not self.GROUPED:
            return words[None]
        strides = [0 if isinstance(kind, type) else values[name].strides[0] for name, kind in kinds.items()]
        groups = max(len(values[name]) for name, kind in kinds.items() if not isinstance(kind, type))
        return words + np.arange(groups, dtype=np.uint64)[:, None] * np.array(strides, np.uint64)

    @functools.cached_property
    def address(self) -> int:
        """Where the table stands."""
        return int(self.table.ctypes.data)

    @property
    def _numba_type_(self) -> BundleType:
        return type_of(type(self))  # type: ignore[arg-type]


class BundleType(types.Type):
    """A bundle, as numba knows it."""

    def __init__(self, bundle: type[Bundle]) -> None:
        self.bundle = bundle
        super().__init__(name=f"bundle({bundle.__module__}.{bundle.__qualname__})")


class ArrayType(types.Type):
    """An array of a bundle: where it stands, and of which kind of number it is."""

    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(name=f"bundled({dtype})")


@functools.cache
def type_of(bundle: type[Bundle]) -> BundleType:
    """Return how numba knows a kind of bundle."""
    return BundleType(bundle)


@register_model(BundleType)
class _BundleModel(models.PrimitiveModel):
    """Where its table stands."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _WORD.as_pointer())  # type: ignore[no-untyped-call]


@register_model(ArrayType)
class _ArrayModel(models.PrimitiveModel):
    """Where its first entry stands."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.dtype).get_data_type().as_pointer())  # type: ignore[no-untyped-call]


@unbox(BundleType)  # type: ignore[no-untyped-call,untyped-decorator]
def _take(typ: Any, value: Any, c: Any) -> Any:
    """Ask a bundle for its address."""
    word = c.pyapi.object_getattr_string(value, "address")
    place = cgutils.alloca_once_value(c.builder, ir.Constant(_WORD.as_pointer(), None))  # type: ignore[no-untyped-call]
    with c.builder.if_then(cgutils.is_not_null(c.builder, word)):  # type: ignore[no-untyped-call]
        c.builder.store(c.builder.bitcast(c.pyapi.long_as_voidptr(word), _WORD.as_pointer()), place)
        c.pyapi.decref(word)
    return NativeValue(c.builder.load(place), is_error=c.pyapi.c_api_error())  # type: ignore[no-untyped-call]


@infer_getattr
class _Fields(AttributeTemplate):
    key = BundleType

    def generic_resolve(self, typ: Any, attr: str) -> Any:  # type: ignore[override]
        """Type of a field."""
        kind = _kinds(typ.bundle).get(attr)
        if kind is None:
            return None
        if isinstance(kind, type):
            return types.int64 if kind is int else types.float64
        return ArrayType(from_dtype(kind))


@lower_getattr_generic(BundleType)  # type: ignore[no-untyped-call,untyped-decorator]
def _read(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    """Read a field.  While a loop runs its table stays as it is, so LLVM need not read it twice."""
    kinds = _kinds(typ.bundle)
    kind, place = kinds[attr], builder.gep(value, [_WORD(list(kinds).index(attr))])
    if isinstance(kind, type):
        target = context.get_value_type(types.int64 if kind is int else types.float64)
    else:
        target = context.get_value_type(ArrayType(from_dtype(kind)))
    word = builder.load(builder.bitcast(place, target.as_pointer()), align=_BYTES)
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@_TYPE(operator.getitem)
class _Getitem(AbstractTemplate):
    metadata = OURS

    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - as numba calls it
        """Type of an entry."""
        if isinstance(args[0], ArrayType) and isinstance(args[1], types.Integer):
            return _SIGNATURE(args[0].dtype, args[0], types.intp)
        return None


@_TYPE(operator.setitem)
class _Setitem(AbstractTemplate):
    metadata = OURS

    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002 - as numba calls it
        """Type of what is written into an array."""
        if isinstance(args[0], ArrayType) and isinstance(args[1], types.Integer):
            return _SIGNATURE(types.none, args[0], types.intp, args[0].dtype)
        return None


@_LOWER(operator.getitem, ArrayType, types.Integer)  # type: ignore[untyped-decorator]
def _getitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Read an entry."""
    return context.unpack_value(builder, sig.args[0].dtype, builder.gep(args[0], [args[1]]))


@_LOWER(operator.setitem, ArrayType, types.Integer, types.Any)  # type: ignore[untyped-decorator]
def _setitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Write an entry."""
    context.pack_value(builder, sig.args[2], args[2], builder.gep(args[0], [args[1]]))
    return context.get_dummy_value()


@_INSIDE  # type: ignore[untyped-decorator]
def group_of(typing: Any, bundle: Any, group: Any) -> Any:
    """One group of a bundle of several."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        words = _WORD(len(_kinds(sig.args[0].bundle)))
        return builder.gep(args[0], [builder.mul(args[1], words)])

    return bundle(bundle, types.int64), build


@_INSIDE  # type: ignore[untyped-decorator]
def part_of(typing: Any, array: Any, at: Any) -> Any:
    """An array from an index on."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.gep(args[0], [args[1]])

    return array(array, types.int64), build
