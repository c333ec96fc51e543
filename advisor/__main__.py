"""The command ``advisor``, and ``python -m advisor``: loads the command line, which takes a fifth of a second."""

from advisor import interrupts


def main() -> None:
    """Run the command line."""
    interrupts.before()
    from advisor.cli import main as command

    try:
        command(prog_name="advisor")
    finally:
        interrupts.after()


if __name__ == "__main__":
    main()
