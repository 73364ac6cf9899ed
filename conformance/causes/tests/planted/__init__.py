"""A stand-in framework with one defect at a time, and what is told of each."""

from conformance.causes.tests.planted import defects, event_statistics  # noqa: F401  (each adds its own to the table)
