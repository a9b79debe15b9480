"""What all tests share: which real parts are here, and how long hypothesis may think."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# Deadlines and generation time measure the machine, not the code.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked needs("mosquitto") is skipped by name where that is missing; under CI it fails."""
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            if shutil.which(part, path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
                message = f"{part} is not installed: `make test` installs it"
                if os.environ.get("CI") == "true":
                    pytest.fail(message, pytrace=False)
                pytest.skip(message)
