"""Benchmarks: every figure that the documentation quotes comes from here."""

import sys

sys.dont_write_bytecode = False  # the sandbox would compile a workflow's module for each run of it
