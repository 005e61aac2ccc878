"""``./huiqi`` in a folder of its own, with a PATH of its own: uv and Python are stand-ins that note what they are told.

Nothing is downloaded. Whether work was done is read from the notes, not from the time it took.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = (
    *("cat", "cp", "date", "df", "dirname", "find", "flock", "getconf", "grep", "head", "ln", "ls", "mkdir", "mv"),
    *("readlink", "rm", "sh", "sha256sum", "sleep", "tail", "tee", "touch", "uname"),
)

# Makes an environment, "installs" into it, or fails as $FAKE_UV says.
UV = """#!/bin/sh
case "$*" in "venv --clear --help") exit ;; esac
echo "uv $*" >>"$NOTES"
case "$1 ${2:-}" in
    "venv "*)
        for venv; do :; done
        mkdir -p "$venv/bin" && cp "$STUBS/python" "$venv/bin/python" ;;
    "pip sync")
        [ -z "${UV_DEFAULT_INDEX:-}" ] || echo "index $UV_DEFAULT_INDEX" >>"$NOTES"
        case "${FAKE_UV:-}" in
            network) echo "error: dns error: failed to lookup address information"; exit 2 ;;
            disk) echo "error: write failed: No space left on device (os error 28)"; exit 2 ;;
            hash) echo "error: hash mismatch for six"; exit 2 ;;
            hang) echo >"$STUBS/hanging"; while sleep 0.05; do :; done ;;
            slow) sleep 0.4 ;;
        esac ;;
esac
"""

# The Python of the environment: notes what it runs, "trains", and fails where $FAKE_PYTHON_FAILS occurs in its words.
PYTHON = """#!/bin/sh
case "$*" in
    -c\\ *) exit 0 ;;
    *"nlu train"*)
        echo "python $*" >>"$NOTES"
        [ -z "${FAKE_TRAINING:-}" ] || { echo "$FAKE_TRAINING"; exit 1; }
        mkdir -p var/models && : >var/models/model.tar.gz; exit 0 ;;
esac
echo "python $*" >>"$NOTES"
for word; do echo "[$word]"; done
case "$*" in *"${FAKE_PYTHON_FAILS:-no such words}"*) exit 3 ;; esac
"""

# The Python of the machine: makes .uv, whose Python makes .uv/bin/uv; $FAKE_MACHINE takes venv or both away.
MACHINE_PYTHON = """#!/bin/sh
case "$*" in
    *"import ensurepip"*) [ -z "${FAKE_MACHINE:-}" ] || exit 1 ;;
    *"import pip"*) [ "${FAKE_MACHINE:-}" != bare ] || exit 1 ;;
    -c\\ *) exit 0 ;;
    *"config get"*) exit 1 ;;
    "-m venv"*)
        echo "machine $*" >>"$NOTES"
        [ -z "${FAKE_MACHINE:-}" ] || exit 1
        for folder; do :; done
        mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python" ;;
    *"pip install"*--target*)
        echo "machine $*" >>"$NOTES"
        mkdir -p .uv/lib/bin && cp "$STUBS/uv" .uv/lib/bin/uv ;;
    *"pip install"*) echo "machine $*" >>"$NOTES"; cp "$STUBS/uv" "${0%/python}/uv" ;;
esac
"""


@dataclass
class Machine:
    """A machine to set up: a clone with nothing but the script and what it looks at, and a PATH of chosen tools."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("clone/nlu", "path", "stubs"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(PROJECT / "huiqi", self.clone)
        for name in ("requirements.lock", "requirements-dev.lock", "config.yml", "nlu/data.yml"):
            (self.clone / name).write_text(name, encoding="utf-8")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, f"{tool} is needed by ./huiqi"
            (self.folder / "path" / tool).symlink_to(found)
        self.script("stubs/uv", UV)
        self.script("stubs/python", PYTHON)
        self.script("path/uv", UV)

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    def script(self, name: str, text: str) -> None:
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        environ = {
            "PATH": str(self.folder / "path"),
            "NOTES": str(self.folder / "notes"),
            "STUBS": str(self.folder / "stubs"),
            **extra,
        }
        return subprocess.Popen(
            [self.clone / "huiqi", *words],
            env=environ,
            cwd=self.clone,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        with self.start(*words, **extra) as process:
            out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def notes(self) -> list[str]:
        """What the stand-ins were told since the last call, without the path of the clone."""
        path = self.folder / "notes"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [line.replace(f"{self.clone}/", "") for line in lines]

    def kinds(self) -> list[str]:
        """The first words of ``notes``: what was done, in order."""
        return [" ".join(line.split()[:2]) for line in self.notes()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that says what to do; there is no other, but for the step it belongs to."""
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if not line.startswith("· ")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("huiqi: ")
    chinese, english = lines[0].split("| ")
    assert any("一" <= letter <= "鿿" for letter in chinese)
    assert english.isascii()
    return lines[0]


def test_a_first_start_installs_trains_and_runs(machine: Machine) -> None:
    result = machine.run("chat", "--as-of", "2022-09-20")
    assert result.returncode == 0, result.stderr
    assert machine.kinds() == ["uv venv", "uv pip", "python -P", "python -P"]
    assert result.stdout.splitlines() == ["[-P]", "[-m]", "[bot]", "[chat]", "[--as-of]", "[2022-09-20]"]
    steps = result.stderr.splitlines()
    assert [step.split("…")[0].split(" · ")[1].strip() for step in steps] == [
        "getting Python 3.11",
        "installing packages, about 1 GB to download the first time",
        "training the language model, a few minutes the first time",
    ]
    assert all(step.endswith(" s") for step in steps)


def test_packages_are_installed_by_hash_from_the_lock_alone(machine: Machine) -> None:
    machine.run("kb")
    (sync,) = [note for note in machine.notes() if note.startswith("uv pip sync")]
    assert "--require-hashes" in sync
    assert sync.endswith(" requirements.lock")


def test_a_second_start_does_nothing_but_run(machine: Machine) -> None:
    machine.run("chat")
    machine.notes()
    result = machine.run("chat")
    assert machine.notes() == ["python -P -m bot chat"]
    assert result.stderr == ""


def test_words_with_blanks_and_the_exit_status_pass_through(machine: Machine) -> None:
    machine.run("setup")
    result = machine.run("ask", "社保 缓缴", "--json", FAKE_PYTHON_FAILS="社保")
    assert result.stdout.splitlines()[-2:] == ["[社保 缓缴]", "[--json]"]
    assert result.returncode == 3


def test_a_link_to_the_script_works_from_elsewhere(machine: Machine) -> None:
    link = machine.folder / "path" / "huiqi"
    link.symlink_to(machine.clone / "huiqi")
    result = subprocess.run(
        ["huiqi", "kb"],
        executable=link,
        cwd=machine.folder,
        env={"PATH": str(link.parent), "NOTES": str(machine.folder / "notes"), "STUBS": str(machine.folder / "stubs")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert result.stdout.endswith("[kb]\n")


def test_a_changed_lock_file_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.run("kb")
    machine.notes()
    (machine.clone / "requirements.lock").write_text("changed", encoding="utf-8")
    machine.run("kb")
    assert machine.kinds() == ["uv pip", "python -P"]


def test_training_is_looked_at_again_only_when_its_data_changed(machine: Machine) -> None:
    machine.run("chat")
    machine.notes()
    later = time.time() + 5
    os.utime(machine.clone / "nlu" / "data.yml", (later, later))
    machine.run("chat")
    assert machine.notes() == ["python -P -m bot nlu train --if-changed", "python -P -m bot chat"]


@pytest.mark.parametrize("words", [("kb", "check"), ("chat", "--help"), ("--help",), ()])
def test_what_needs_no_language_model_does_not_train_one(machine: Machine, words: tuple[str, ...]) -> None:
    machine.run(*words)
    assert not [note for note in machine.notes() if "nlu train" in note]


def test_a_model_that_was_removed_is_trained_again(machine: Machine) -> None:
    machine.run("setup")
    machine.notes()
    (machine.clone / "var" / "models" / "model.tar.gz").unlink()
    machine.run("setup")
    assert machine.notes() == ["python -P -m bot nlu train --if-changed"]


def test_training_that_fails_says_why_and_is_tried_again(machine: Machine) -> None:
    result = machine.run("chat", FAKE_TRAINING="nlu/data.yml:3: no such intent")
    assert "nlu/data.yml:3: no such intent" in complaint(result)
    machine.notes()
    assert machine.run("chat").returncode == 0
    assert machine.kinds() == ["python -P", "python -P"]


def test_without_uv_it_is_installed_into_the_project_with_the_machines_python(machine: Machine) -> None:
    (machine.folder / "path" / "uv").unlink()
    machine.script("path/python3", MACHINE_PYTHON)
    result = machine.run("kb")
    assert result.returncode == 0, result.stderr
    notes = machine.notes()
    assert notes[0] == "machine -m venv --clear .uv"
    assert notes[1].endswith("pip install --disable-pip-version-check uv")
    assert (machine.clone / ".uv" / "bin" / "uv").exists()


def test_a_uv_that_is_too_old_is_passed_over(machine: Machine) -> None:
    machine.script("path/python3", MACHINE_PYTHON)
    machine.script("path/uv", "#!/bin/sh\nexit 2\n")
    assert machine.run("kb").returncode == 0
    assert machine.kinds()[:2] == ["machine -m", "machine -m"]


def test_a_python_without_venv_installs_uv_with_pip(machine: Machine) -> None:
    (machine.folder / "path" / "uv").unlink()
    machine.script("path/python3", MACHINE_PYTHON)
    result = machine.run("kb", FAKE_MACHINE="no venv")
    assert result.returncode == 0, result.stderr
    assert (machine.clone / ".uv" / "bin" / "uv").resolve() == (machine.clone / ".uv" / "lib" / "bin" / "uv").resolve()


def test_a_python_with_neither_venv_nor_pip_says_what_to_install(machine: Machine) -> None:
    (machine.folder / "path" / "uv").unlink()
    machine.script("path/python3", MACHINE_PYTHON)
    assert "python3-venv" in complaint(machine.run("kb", FAKE_MACHINE="bare"))


def test_no_python_and_no_uv_gives_one_line(machine: Machine) -> None:
    (machine.folder / "path" / "uv").unlink()
    assert "apt install python3" in complaint(machine.run("chat"))


@pytest.mark.parametrize("system", ["Darwin arm64", "Linux aarch64"])
def test_another_system_gives_one_line_and_installs_nothing(machine: Machine, system: str) -> None:
    kernel, hardware = system.split()
    machine.script("path/uname", f'#!/bin/sh\n[ "$1" = -s ] && echo {kernel} || echo {hardware}\n')
    assert system in complaint(machine.run("chat"))
    assert machine.notes() == []


def test_a_linux_without_glibc_gives_one_line(machine: Machine) -> None:
    machine.script("path/getconf", "#!/bin/sh\nexit 1\n")
    assert "glibc" in complaint(machine.run("chat"))


def test_too_little_disk_gives_one_line_before_anything_is_downloaded(machine: Machine) -> None:
    machine.script("path/df", "#!/bin/sh\necho Filesystem\necho /dev/vda 9000000 8488000 512000 95% /\n")
    assert "500 MB" in complaint(machine.run("chat"))
    assert machine.notes() == []


def test_a_folder_that_cannot_be_written_gives_one_line(machine: Machine) -> None:
    (machine.clone / "var").write_text("a file where the folder should be", encoding="utf-8")
    assert "var" in complaint(machine.run("chat"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [("network", "check the network"), ("disk", "The disk is full"), ("hash", "hash mismatch for six")],
)
def test_an_installation_that_fails_says_what_to_do_and_is_made_anew(machine: Machine, fault: str, words: str) -> None:
    assert words in complaint(machine.run("chat", FAKE_UV=fault))
    machine.notes()
    assert machine.run("chat").returncode == 0
    assert machine.kinds() == ["uv venv", "uv pip", "python -P", "python -P"]


def test_a_mirror_told_to_pip_is_used_by_uv_too(machine: Machine) -> None:
    machine.run("kb", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert "index http://127.0.0.1:9/simple" in machine.notes()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_installation_is_made_anew_at_the_next_start(machine: Machine, how: signal.Signals) -> None:
    os.mkfifo(machine.folder / "stubs" / "hanging")
    with machine.start("chat", FAKE_UV="hang") as process:
        (machine.folder / "stubs" / "hanging").read_text()  # returns when the installation has begun
        os.killpg(process.pid, how)
        _, err = process.communicate(timeout=30)
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    if how is signal.SIGINT:
        assert "Interrupted: run it again" in err
    machine.notes()
    assert machine.run("chat").returncode == 0
    assert machine.kinds() == ["uv venv", "uv pip", "python -P", "python -P"]


def test_of_two_starts_at_once_one_installs_and_the_other_waits(machine: Machine) -> None:
    with machine.start("kb", FAKE_UV="slow") as first, machine.start("kb", FAKE_UV="slow") as second:
        errors = [process.communicate(timeout=30)[1] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.kinds() == ["uv venv", "uv pip", "python -P", "python -P"]
    assert sum("another start is setting up" in error for error in errors) == 1


def test_the_checks_all_run_after_a_failure_and_the_summary_names_it(machine: Machine) -> None:
    result = machine.run("test", "ruff", "format", "kb", FAKE_PYTHON_FAILS="ruff check")
    assert result.returncode == 1
    assert "ruff format --check ." in "\n".join(machine.notes())
    summary = result.stdout.split("==== summary")[1].splitlines()[1:]
    assert [line.split()[:2] for line in summary] == [["FAILED", "ruff"], ["ok", "format"], ["ok", "kb"]]


def test_the_checks_install_the_test_tools_too_and_they_stay(machine: Machine) -> None:
    machine.run("kb")
    machine.notes()
    assert machine.run("test", "ruff").returncode == 0
    assert machine.notes()[0].endswith(" requirements.lock requirements-dev.lock")
    (machine.clone / "requirements.lock").write_text("changed", encoding="utf-8")
    machine.run("kb")
    assert machine.notes()[0].endswith(" requirements.lock requirements-dev.lock")


def test_a_check_of_no_such_name_lists_the_checks(machine: Machine) -> None:
    assert "acceptance" in complaint(machine.run("test", "everything"))
    assert machine.notes() == []
