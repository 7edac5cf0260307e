"""What all commands share before they do anything: examples in the help, and the option for the form of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

__all__ = ["NamedPath", "Taught", "form_option"]


def form_option(forms: Sequence[str], meaning: str) -> Decorator:
    """Return the option ``--format``, which a command is given as ``form``.

    Parameters
    ----------
    forms
        The forms that an answer may have; the first one is taken when none is asked for.
    meaning
        What the help says of them.
    """
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=meaning)


def _show_help(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class NamedPath(click.Path):
    """A file or folder, of which a name is given: an empty text, as a variable that is not set leaves it, is none."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return the path; it need not exist."""
        if not value:
            self.fail("it is empty, and names no file or folder.", param, ctx)
        return super().convert(value, param, ctx)


class Taught(click.Command):
    """A command that is taught by examples; the tests run every one of them.

    Parameters
    ----------
    examples
        Pairs of a command line and what it does.
    """

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; what is given and empty is refused, and not taken for what was left out.

        A variable that is not set would otherwise ask for everything, or leave a mask out.

        Raises
        ------
        RequestError
            When an option or an argument is empty.
        """
        from geo.errors import Problem, RequestError  # noqa: PLC0415  (the roof imports a room when it is called)

        rest = super().parse_args(ctx, args)
        given = {name: value if isinstance(value, tuple) else (value,) for name, value in ctx.params.items()}
        commandline = click.core.ParameterSource.COMMANDLINE
        problems = []
        for param in () if ctx.resilient_parsing else self.params:
            name = param.name or ""
            alone = isinstance(param, click.Option) and param.flag_value == ""  # what it has when no value follows it
            if not alone and "" in given.get(name, ()) and ctx.get_parameter_source(name) is commandline:
                called = param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name.strip("[].")
                step = (
                    f"see that the variable in its place is set{'' if param.required else f', or leave {called} out'}"
                )
                problems.append(Problem("the question", called, "", "", "a value", step))
        if problems:
            raise RequestError("Something was given that is empty", problems)
        return rest

    def get_help_option(self, ctx: click.Context) -> click.Option:  # noqa: ARG002  (the signature is click's)
        """Return the option that prints the help; click's own looks for a translation of its text at each start."""
        if self._help_option is None:
            flag: dict[str, Any] = {"is_flag": True, "is_eager": True, "expose_value": False}
            self._help_option = click.Option(["-h", "--help"], callback=_show_help, help="Print this help.", **flag)
        return self._help_option

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples beneath the options."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Examples"):
            for line, meaning in self.examples:
                formatter.write_text(f"{line}")
                with formatter.indentation():
                    formatter.write_text(meaning)
