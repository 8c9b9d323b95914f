"""How loops are compiled that only loops call: once, as part of these.

numba makes each function's machine code by itself, with all that it calls in it, and then goes over all of it again for
whoever calls it: what lies five calls deep was optimised five times, and four of the results were thrown away.  A part
is typed and lowered only; LLVM first optimises the loop that Python calls, with all its parts.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


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

    def _optimize_final_module(self) -> None:
        """Leave that to the loop that it is part of."""

    def _finalize_final_module(self) -> None:
        """Close it without making machine code."""
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class LowerPart(NativeLowering):
    """Lower a function to be part of loops."""

    _name = "lower_part"

    def run_pass(self, state: Any) -> bool:
        """Lower it into a library of its own kind."""
        codegen, name = state.targetctx.codegen(), state.func_id.func_qualname
        state.library = PartLibrary(codegen, name)  # type: ignore[no-untyped-call]
        done: bool = super().run_pass(state)  # type: ignore[no-untyped-call]
        return done


class PartCompiler(CompilerBase):
    """numba's own steps, but for the last."""

    def define_pipelines(self) -> list[Any]:
        """Return the steps."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        steps.passes = [(LowerPart if step is NativeLowering else step, about) for step, about in steps.passes]
        steps.finalize()
        return [steps]
