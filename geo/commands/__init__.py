"""The roof: a command parses, calls one function, prints, and maps an error to an exit code.

Exit codes: 0 done (warnings possible); 2 refused, because the request, an input or the data is at fault, and nothing
was written; 1 a bug of ours, with its traceback; 130 interrupted. Answers go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.commands.starting import hold_streams, rest_inspect, spare_collector

spare_collector()
with rest_inspect():
    import click

from geo.commands.manual import Taught  # noqa: E402  (click comes first, in its block)
from geo.errors import MemorialError, Problem, RequestError, respell, show_text  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue.addresses import Address

__all__ = ["main"]

COMMANDS: Final = (
    "init", "import", "build", "serve", "check", "query", "show", "export", "stats", "diff", "join", "schema",
)  # fmt: skip
"""The commands, in the order in which a person meets them; each is the function of that name in its own module."""

ANSWERING: Final = ("query", "show", "stats")
"""The commands that an edition in a database answers."""

_ELSEWHERE: Final = {"import": ("importing", "import_")}
"""Command -> its module and function, where its name is a word of the language."""

_UNREACHABLE: Final = frozenset({errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG})
"""What the system says of a path that may not be looked at, or that leads nowhere."""

INTERRUPTED: Final = 130
REFUSED: Final = 2
BUG: Final = 1


class Roof(Taught, click.Group):
    """The program: it imports a command when it is called, and alone decides about exit codes."""

    _begun_again = False

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (the signature is click's)
        """Return the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (as above)
        """Import a command; ``None`` when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        room, function = _ELSEWHERE.get(cmd_name, (cmd_name, cmd_name))
        command: click.Command = getattr(import_module(f"geo.commands.{room}"), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; of an unknown one, say which was probably meant.

        Raises
        ------
        click.exceptions.NoSuchCommand
            When there is no such command.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def make_context(self, *args: Any, **extra: Any) -> click.Context:  # noqa: ANN401  (as click's)
        """Parse the command line; a reader of the help who leaves early is no fault."""
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError:
            raise click.exceptions.Exit(_leave_pipe()) from None

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (as click's)
        """Run the command; a reader of the answer who leaves early is no fault.

        Raises
        ------
        geo.commands.recovering.Again
            When the command is to begin again, with a catalogue that is compiled anew.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(_leave_pipe()) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if not self._begun_again:
                from geo.commands.recovering import mend  # noqa: PLC0415  (what a run without fault need not load)

                mend(ctx, error)
            raise

    def _run(self, args: Sequence[str] | None, extra: dict[str, Any]) -> Any:  # noqa: ANN401  (as click's)
        """Run the program, and once more when its catalogue was damaged."""
        self._begun_again = False
        try:
            return super().main(args, **extra)
        except Exception as error:
            if type(error).__name__ != "Again":  # its module is loaded only by a run that needs it
                raise
        self._begun_again = True
        return super().main(args, **extra)

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:  # noqa: ANN401  (as click's)
        """Run the program and end the process with one of the four exit codes.

        Raises
        ------
        SystemExit
            Always.
        """
        hold_streams()
        extra |= {"prog_name": "memorial", "standalone_mode": False}
        try:
            code = self._run(args, extra)
        except MemorialError as error:
            click.echo(f"memorial: {error}", err=True)
            code = REFUSED
        except click.ClickException as error:
            _show_refusal(error)
            if isinstance(error, click.NoSuchOption) and error.option_name == "-C":
                click.echo("-C stands before the command: memorial -C DIR query", err=True)
            code = REFUSED
        except (click.Abort, KeyboardInterrupt):
            click.echo("memorial: interrupted", err=True)
            code = INTERRUPTED
        except BrokenPipeError:
            code = _leave_pipe()
        except OSError as error:
            code = _judge_os_error(error)
        except UnicodeEncodeError as error:
            code = _judge_spelling(error)
        except Exception:  # noqa: BLE001  (whatever is left is a bug; it ends here, with its traceback)
            code = _report_bug()
        code = _settle_output(code or 0)
        if args is None:  # the process ends: the collector need not go through what it is about to give back
            gc.freeze()
        sys.exit(code)


def _show_refusal(error: click.ClickException) -> None:
    """Say what click refuses; it repeats what was typed, which no terminal may obey."""
    import io  # noqa: PLC0415

    from geo.commands.terminal import spell_unseen  # noqa: PLC0415

    said = io.StringIO()
    error.show(file=said)
    click.echo(spell_unseen(said.getvalue()), err=True, nl=False)


def _judge_os_error(error: OSError) -> int:
    """Return the code of a run that the system stopped.

    A full disk under the help is no bug, nor is a current folder that somebody has removed, nor a path that the system
    does not let us reach; the rest is.
    """
    from geo.commands.terminal import refuse_output  # noqa: PLC0415

    if isinstance(error, FileNotFoundError) and _is_adrift():
        problem = Problem("the current folder", "", "", "a folder that was removed", "a folder", "go to another one")
        click.echo(f"memorial: {RequestError('There is nowhere to begin', [problem])}", err=True)
        return REFUSED
    if error.filename is not None and error.errno in _UNREACHABLE:
        step = "see that this folder and those above it may be entered, or name another one"
        seen, expected = error.strerror or str(error), "a path that can be reached"
        problem = Problem(respell(os.fsdecode(error.filename)), "", "", seen, expected, step)
        click.echo(f"memorial: {RequestError('A file cannot be reached', [problem])}", err=True)
        return REFUSED
    if error.filename is not None or error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF}:
        return _report_bug()
    click.echo(f"memorial: {refuse_output(os.strerror(error.errno))}", err=True)
    return REFUSED


def _judge_spelling(error: UnicodeEncodeError) -> int:
    """Return the code of a run that a word stopped which no library takes; whatever else is not encoded is a bug.

    Only the command line and the names of files hold such halves of characters: bytes that the locale does not read.
    """
    if not any("\udc80" <= char <= "\udcff" for char in error.object[error.start : error.end]):
        return _report_bug()
    import re  # noqa: PLC0415

    before, after = (re.split(r"[\s\"']", part) for part in (error.object[: error.start], error.object[error.start :]))
    word = before[-1] + after[0]
    step = "set LC_ALL=C.UTF-8 or PYTHONUTF8=1; if it is not UTF-8 at all, give the file or folder another name"
    problem = Problem("a name", "", "", respell(word), "one that the locale reads as UTF-8", step, "locale")
    click.echo(f"memorial: {RequestError('A name cannot be handed on', [problem])}", err=True)
    return REFUSED


def _is_adrift() -> bool:
    """Return whether the current folder was removed."""
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def _settle_output(code: int) -> int:
    """Write out what standard output still holds; where it takes no more, drop it, so that the exit code stands."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _leave_pipe()
        return code or (0 if isinstance(error, BrokenPipeError) else _judge_os_error(error))
    return code


def _leave_pipe() -> int:
    """Return the code of a run whose reader has read enough; nothing more may be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _report_bug() -> int:
    import traceback  # noqa: PLC0415

    trace = "\n".join(show_text(line, 2_000) for line in traceback.format_exc().splitlines())
    click.echo(f"{trace}\nmemorial: this is a bug of the program, not of your data; please report it.", err=True)
    return BUG


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        import geo  # noqa: PLC0415

        click.echo(f"memorial {geo.__version__}")
        ctx.exit()


def _find_place(text: str) -> Path | Address:
    """Return where an atlas is: a folder, or a database.

    Raises
    ------
    RequestError
        When it is empty, or an address that cannot be read.
    """
    if not text:
        step = "see that the variable in its place is set, or leave -C out: the atlas is then looked for from here"
        raise RequestError(
            "Something was given that is empty", [Problem("the question", "-C", "", "", "a folder", step)]
        )
    if "://" not in text:
        return Path(text)
    from geo.catalogue.addresses import Address, is_address  # noqa: PLC0415  (only an address needs it)

    return Address(text) if is_address(text) else Path(text)


def _refuse_address(command: str | None, address: Address) -> RequestError:
    """Return the error of a command that needs the inputs of an atlas, and was given a database."""
    step = f"go to the atlas, or name its folder: memorial -C DIR {command}"
    problem = Problem("the question", "-C", "", str(address), "a folder with an atlas.toml", step, "address")
    return RequestError(f"A database answers {', '.join(ANSWERING)}; {command} needs the inputs", [problem])


@click.group(
    cls=Roof,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=(
        ("memorial build", "Make every map of the atlas in this folder."),
        ("memorial query --kind prison --text wat", "Find the security centres whose record mentions a wat."),
        ("memorial show KH12", "Print everything that is known about one record, with citations."),
        ("memorial -C ~/atlas check", "Hold another atlas against its contract."),
    ),
)
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    default=".",
    type=_find_place,
    help="The atlas: DIR, or the nearest folder above it with an atlas.toml; for query, show and stats also"
    " postgresql://… that holds an edition. Default: the current folder.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Print the version."
)
@click.pass_context
def main(ctx: click.Context, folder: Path | Address) -> None:
    """Turn places of atrocity and remembrance into offline maps and answers, each number with its source.

    An atlas is a folder with an atlas.toml. Answers go to standard output, everything else to standard error. Exit
    codes: 0 done; 2 refused, and nothing was written; 1 a bug of the program; 130 interrupted.

    To have ids, kinds, provinces, fields and options completed with TAB, put one line into ~/.bashrc or ~/.zshrc:
    eval "$(_MEMORIAL_COMPLETE=bash_source memorial)", with zsh_source for zsh; for fish, save the output of
    _MEMORIAL_COMPLETE=fish_source memorial as ~/.config/fish/completions/memorial.fish.
    """
    if not isinstance(folder, Path) and ctx.invoked_subcommand not in ANSWERING:
        raise _refuse_address(ctx.invoked_subcommand, folder)
    ctx.obj = folder
