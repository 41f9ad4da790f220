"""Write the CSV files that Microsoft's deployment scripts read, the commands that complete them, and a README.

`deployment_of` makes a deployment of a sized design; `write_deployment` and `deployment_archive` check and write it.
"""

from calculator.exporters.deployment.checks import check_deployment
from calculator.exporters.deployment.file_formats import (
    COMMANDS,
    VERSIONS,
    Copy,
    Deployment,
    mailbox_server_commands,
    names_of_dag,
)
from calculator.exporters.deployment.from_design import copies_of, deployment_of, derived_settings
from calculator.exporters.deployment.readme import README
from calculator.exporters.deployment.settings import Settings, settings_of
from calculator.exporters.deployment.write import Written, deployment_archive, deployment_files, write_deployment

__all__ = [
    "COMMANDS",
    "README",
    "VERSIONS",
    "Copy",
    "Deployment",
    "Settings",
    "Written",
    "check_deployment",
    "copies_of",
    "deployment_archive",
    "deployment_files",
    "deployment_of",
    "derived_settings",
    "mailbox_server_commands",
    "names_of_dag",
    "settings_of",
    "write_deployment",
]
