"""``conformance issue``: a cause as Markdown, to be pasted into a tracker."""

from __future__ import annotations

import argparse

from conformance.causes.markdown import issue_of
from conformance.cli.recorded import Recorded, add_folder

EPILOG = """\
examples:
  conformance causes --framework torch                  the ids
  conformance issue 3f9c21d0ab54 > issue.md
  conformance issue 3f9c21d0ab54 | gh issue create --repo OWNER/NAME --title "..." --body-file -

It has a title, the environment, a script that was run, the exact value, what came, an analysis and, where there is one,
a better formula. It claims what was run and nothing beyond. Read it before you send it, and search the tracker first.

exit codes: 0 printed; 2 no such run or id, its files are damaged, or the finding is not confirmed; 3 cannot be written
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "issue",
        help=about,
        description="Prints a cause of the last comparison as an issue that a maintainer can act upon.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="of a cause, or of one of its findings; its first characters do")
    add_folder(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the issue; 0."""
    recorded = Recorded(options.folder)
    cause = recorded.cause(options.id)
    print(issue_of(cause, recorded.entry(cause.framework), recorded.causes.run.machine), end="")
    return 0
