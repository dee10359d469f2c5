"""Emulate exchanges over HTTP on loopback, each answering in its own raw JSON from one common truth."""

from tests.emulator.faults import Fault
from tests.emulator.server import Emulator
from tests.emulator.sources import load_truth, real_truth, synthetic_truth
from tests.emulator.truth import Truth

__all__ = ["Emulator", "Fault", "Truth", "load_truth", "real_truth", "synthetic_truth"]
