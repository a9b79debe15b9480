"""Sets up a clone: the virtual environment, and the real parts that tests run against.

Runs on the system's bare Python, also one that is too old, so that it can say so.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BUILD = os.path.join(ROOT, "build")
MICROPYTHON = "@micropython/micropython-webassembly-pyscript@1.27.0"
# Type stubs of two ports, of the same release. They carry names of the standard library and of each
# other, so they must not lie on a path that Python or mypy searches.
STUBS = (("rp2", "micropython-rp2-stubs==1.27.0.post1"), ("esp32", "micropython-esp32-stubs==1.27.0.post1"))
PARTS = (  # command, Debian package, what it is for
    ("mosquitto", "mosquitto", "the MQTT broker that the uplink is tested against"),
    ("mbpoll", "mbpoll", "an independent Modbus master that reads the emulator"),
    ("node", "nodejs", "runs MicroPython, which the drivers are tested on"),
    ("npm", "npm", "fetches MicroPython"),
    ("strace", "strace", "records what the journal writes, for the power-cut proof; stalls its disk"),
)


def stop(what: str, remedy: str) -> None:
    sys.exit("fenceline: %s\n  hint: %s" % (what, remedy))


def setup() -> None:
    """Make .venv and install the package with everything for demo and tests that pip can."""
    if sys.version_info < (3, 11):
        stop(
            "Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2],
            "on Debian 12 or Raspberry Pi OS: sudo apt install python3; or name another: make PYTHON=python3.12 setup",
        )
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        stop("the module venv is missing", "sudo apt install python3-venv")
    if not os.path.exists(os.path.join(VENV, "bin", "pip")):
        print("making .venv", flush=True)
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
    print("installing into .venv (this takes a minute or two)", flush=True)
    pip = [
        os.path.join(VENV, "bin", "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    if subprocess.call([*pip, "--editable", ROOT + "[test]"]) != 0:
        stop("pip could not install the package", "is there a network? the lines above say what failed")


def parts() -> None:
    """Install what is missing of the real parts; say what cannot be had. Under CI that is an error."""
    missing = [row for row in PARTS if not found(row[0])]
    if missing:
        install([package for _, package, _ in missing])
    missing = [row for row in PARTS if not found(row[0])]
    if not missing and not micropython():
        missing = [("micropython", MICROPYTHON, "the interpreter of a detector head")]
    missing += [(package, "PyPI", "what hal.machine is held against") for package in stubs()]
    for command, package, purpose in missing:
        print("fenceline: %s (%s) cannot be had here: %s" % (command, package, purpose))
    if missing and os.environ.get("CI") == "true":
        sys.exit("fenceline: under CI every part must be there")
    if missing:
        print("fenceline: tests that need them are skipped by name")


def found(command: str) -> "str | None":
    return shutil.which(command, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def install(packages: "list[str]") -> None:
    if not found("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and not found("sudo"):
        print("fenceline: neither root nor sudo: cannot install %s" % ", ".join(packages))
        return
    print("installing %s" % ", ".join(packages), flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.call([*apt, "update"], stdout=subprocess.DEVNULL)
    subprocess.call([*apt, "install", "-y", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL)


def micropython() -> bool:
    """Fetch the WebAssembly build of MicroPython into build/; whether it is there."""
    package = os.path.join(BUILD, "node_modules", "@micropython", "micropython-webassembly-pyscript")
    if not os.path.isdir(package):
        os.makedirs(BUILD, exist_ok=True)
        npm = ["npm", "install", "--silent", "--no-package-lock", "--no-save", "--prefix", BUILD, MICROPYTHON]
        if subprocess.call(npm, stdout=subprocess.DEVNULL) != 0:
            return False
    return os.path.isdir(package)


def stubs() -> "list[str]":
    """Fetch the stubs of MicroPython's ports into build/stubs; the packages that cannot be had."""
    failed = []
    for port, package in STUBS:
        folder = os.path.join(BUILD, "stubs", port)
        if not os.path.isfile(os.path.join(folder, "machine.pyi")):
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            if subprocess.call([*pip, "--no-deps", "--target", folder, package]) != 0:
                failed.append(package)
    return failed


if __name__ == "__main__":
    {"setup": setup, "parts": parts}[sys.argv[1]]()
