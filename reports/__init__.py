"""From the files of one run to one page. Reads files, runs nothing."""

from reports.build import build
from reports.refusal import ReportRefused
from reports.summary import ReportSummary

__all__ = ["ReportRefused", "ReportSummary", "build"]
