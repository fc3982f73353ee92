"""`tme completion`: what a shell needs to complete `tme` with the tabulator key."""

import click
from click.shell_completion import get_completion_class

_PROGRAM = "tme"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands and options of `tme`.

    \b
    bash, zsh:  eval "$(tme completion bash)"    in ~/.bashrc, or zsh in ~/.zshrc
    fish:       tme completion fish | source     in ~/.config/fish/config.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choice has only what click knows
    root = ctx.find_root().command
    click.echo(found(root, {}, _PROGRAM, f"_{_PROGRAM.upper()}_COMPLETE").source())
