#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partybuild.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- Django may lack

    from partybuild.environment import EnvironmentProblem  # noqa: PLC0415 -- the same

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
