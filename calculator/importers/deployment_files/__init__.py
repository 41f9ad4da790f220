"""Read the deployment files of a design that `export` or Microsoft's workbook wrote."""

from calculator.importers.deployment_files.columns import parse_hours
from calculator.importers.deployment_files.read import import_deployment

__all__ = ["import_deployment", "parse_hours"]
