"""Local stand-ins for the platforms' APIs: real HTTP on loopback, real faults on request."""

from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY, Form, SimulatorData
from contact_pipeline.sandbox.simulators.faults import FAULTS, Fault
from contact_pipeline.sandbox.simulators.server import RunningSimulators, SimulatorOptions, run_forever, serve

__all__ = [
    "FAULTS",
    "SANDBOX_KEY",
    "Fault",
    "Form",
    "RunningSimulators",
    "SimulatorData",
    "SimulatorOptions",
    "run_forever",
    "serve",
]
