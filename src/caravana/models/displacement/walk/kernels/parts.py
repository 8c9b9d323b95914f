"""How the loops are compiled: each once, and by those of numba's and LLVM's steps that they need.

numba makes each function's machine code by itself, with all that it calls in it, and then goes over all of it again for
whoever calls it: what lies five calls deep was optimised five times, and four of the results were thrown away.  A part
is typed and lowered only; LLVM first optimises the loop that Python calls, with all its parts.

Nothing of LLVM's is done to a part before, either: it would unroll a part's loops, and then put into each turn of them
all that the part calls.  Parts that are not put into others stay one function each.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
from numba.core import typed_passes, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

#: numba's steps for what does not stand in the loops: closures, `with`, expressions of whole arrays, things raised.
_NOT_NEEDED = frozenset(
    {
        untyped_passes.WithLifting, untyped_passes.InlineClosureLikes, untyped_passes.RewriteSemanticConstants,
        untyped_passes.DeadBranchPrune, untyped_passes.GenericRewrites, untyped_passes.MakeFunctionToJitFunction,
        untyped_passes.InlineInlinables, untyped_passes.FindLiterallyCalls, untyped_passes.LiteralUnroll,
        untyped_passes.LiteralPropagationSubPipelinePass, typed_passes.InlineOverloads, typed_passes.NopythonRewrites,
        typed_passes.AnnotateTypes, typed_passes.DumpParforDiagnostics,
    }
)  # fmt: skip
#: LLVM's level of optimisation.
_LEVEL = 3


class _Unloaded:
    """The code generator of a part, which no address is asked for."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, env: Any) -> None:
        """Leave where a function finds its environment to the loop that it is part of."""


class PartLibrary(JITCodeLibrary):
    """The code of a part: linked into loops as it was lowered, and never loaded."""

    @property
    def codegen(self) -> Any:
        """The code generator."""
        return _Unloaded(self._codegen)

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002 - as numba calls it
        """Return that there is no such address."""
        return 0

    def add_ir_module(self, ir_module: Any) -> None:
        """Add what was lowered, to be put into others only where that is said."""
        for function in ir_module.functions:
            if not function.is_declaration and "alwaysinline" not in function.attributes:
                function.attributes.add("noinline")
        super().add_ir_module(ir_module)  # type: ignore[no-untyped-call]

    def _optimize_functions(self, ll_module: Any) -> None:
        """Leave that to the loop that it is part of."""

    def _optimize_final_module(self) -> None:
        """Leave that too."""

    def _finalize_final_module(self) -> None:
        """Close it without making machine code."""
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True


class LoopLibrary(JITCodeLibrary):
    """The code of a loop that Python calls, with all its parts: optimised once."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """Leave that until its parts are there."""

    def _optimize_final_module(self) -> None:
        """Optimise it; numba goes over it first to count references, of which there are none."""
        options = llvm.create_pipeline_tuning_options(speed_level=_LEVEL)
        steps = llvm.create_pass_builder(self._codegen._tm, options)  # noqa: SLF001 - there is no other way to it
        steps.getModulePassManager().run(self._final_module, steps)


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class LowerPart(NativeLowering):
    """Lower a function to be part of loops."""

    _name = "lower_part"

    def run_pass(self, state: Any) -> bool:
        """Lower it into a library of its own kind."""
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        done: bool = super().run_pass(state)  # type: ignore[no-untyped-call]
        return done


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class LowerLoop(NativeLowering):
    """Lower a loop that Python calls."""

    _name = "lower_loop"

    def run_pass(self, state: Any) -> bool:
        """Lower it into a library of its own kind, which can be kept."""
        state.library = LoopLibrary(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        state.library.enable_object_caching()
        done: bool = super().run_pass(state)  # type: ignore[no-untyped-call]
        return done


def _steps(state: Any, lowering: type[NativeLowering]) -> list[Any]:
    """Return numba's own steps but for those that are not needed, and another for lowering."""
    steps = DefaultPassBuilder.define_nopython_pipeline(state)  # type: ignore[no-untyped-call]
    needed = [(step, about) for step, about in steps.passes if step not in _NOT_NEEDED]
    steps.passes = [(lowering if step is NativeLowering else step, about) for step, about in needed]
    steps.finalize()
    return [steps]


class PartCompiler(CompilerBase):
    """How parts are compiled."""

    def define_pipelines(self) -> list[Any]:
        """Return the steps."""
        return _steps(self.state, LowerPart)


class LoopCompiler(CompilerBase):
    """How loops are compiled that Python calls."""

    def define_pipelines(self) -> list[Any]:
        """Return the steps."""
        return _steps(self.state, LowerLoop)
