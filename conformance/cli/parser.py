"""A command line whose mistakes are one line with the way out."""

from __future__ import annotations

import argparse
import re
from difflib import get_close_matches
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """As argparse's, but a mistake is one line that says what was probably meant and where the help is; status 2.

    Options are not abbreviated: a script that says ``--frame`` would break with the next option of that beginning.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Say it and end with status 2."""
        self.exit(2, f"conformance: {self._helpful(message)}; {self.prog} --help says more\n")

    def _helpful(self, message: str) -> str:
        message = " ".join(message.split())
        command = re.fullmatch(r"argument COMMAND: invalid choice: '(.*)' \(choose from (.*)\)", message)
        if command:
            names = re.findall(r"[\w-]+", command[2])
            return f"unknown command {command[1]!r}{self._near(command[1], names)}; commands: {', '.join(names)}"
        unknown = re.fullmatch(r"unrecognized arguments: (.*)", message)
        if unknown:
            word = unknown[1].split()[0].partition("=")[0]
            return f"unknown argument {word!r}{self._near(word, self._every_option())}"
        if message == "the following arguments are required: COMMAND":
            return "which command?"
        return message

    def _every_option(self) -> list[str]:
        return [option for action in self._actions for option in action.option_strings if option.startswith("--")]

    @staticmethod
    def _near(word: str, known: list[str]) -> str:
        near = get_close_matches(word, known, n=1)
        return f" (did you mean {near[0]}?)" if near else ""
