"""The files that set newslab up say the same: pyproject.toml, environment.yml, requirements.lock, CITATION.cff."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import newslab

ROOT = Path(__file__).resolve().parent.parent
# Packages that conda-forge calls by another name than the Python index (here without the parts for a screen).
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict:
    return tomllib.loads(read("pyproject.toml"))["project"]


def bounds(requirements: list[str]) -> dict[str, str]:
    """Requirements as {name: bounds}."""
    split = [re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", r) for r in requirements]
    assert all(split), requirements
    return {m[1].lower(): m[2].replace(" ", "") for m in split}


def of_pyproject(text: str) -> dict[str, str]:
    table = tomllib.loads(text)["project"]
    extras = table["optional-dependencies"]
    found = bounds([*table["dependencies"], *extras["lab"], *extras["test"]])
    return {"python": table["requires-python"]} | {CONDA_NAMES.get(n, n): v for n, v in found.items()}


def of_environment(text: str) -> dict[str, str]:
    listed = yaml.safe_load(text)["dependencies"]
    found = bounds([d for d in listed if isinstance(d, str)])
    assert found.pop("pip") == ""
    return found


def differences(pyproject: str, environment: str) -> set[tuple[str, str]]:
    return set(of_pyproject(pyproject).items()) ^ set(of_environment(environment).items())


def test_conda_and_pip_give_the_same_environment():
    assert differences(read("pyproject.toml"), read("environment.yml")) == set()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pyproject.toml", '"scipy>=', '"extra-package>=1", "scipy>='),  # only pip has it
        ("environment.yml", "  - scipy>=", "  - extra-package>=1\n  - scipy>="),  # only conda has it
        ("pyproject.toml", '"scipy>=', '"scipy>=9'),  # another bound
        ("environment.yml", "python>=3.11", "python>=3.12"),
    ],
)
def test_a_difference_is_seen(file, old, new):
    files = {name: read(name) for name in ("pyproject.toml", "environment.yml")}
    assert files[file].count(old) == 1
    files[file] = files[file].replace(old, new)
    assert differences(*files.values())


def test_conda_installs_newslab_itself():
    environment = yaml.safe_load(read("environment.yml"))
    assert environment["name"] == "newslab"
    assert environment["channels"] == ["conda-forge"]
    assert [d for d in environment["dependencies"] if isinstance(d, dict)] == [{"pip": ["-e ."]}]


def locked() -> dict[str, str]:
    lines = [line.split(";")[0].strip(" \\") for line in read("requirements.lock").splitlines()]
    pins = [line for line in lines if line and not line.startswith(("#", "--hash="))]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", p) for p in pins), "the lock holds something else than pins"
    return dict(p.lower().split("==") for p in pins)


def numbers(version: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", version)]


def test_the_lock_pins_all_that_pyproject_asks_for():
    table, pins = project(), locked()
    extras = table["optional-dependencies"]
    for name, bound in bounds([*table["dependencies"], *extras["lab"], *extras["test"]]).items():
        assert bound.startswith(">=")
        assert name in pins, f"{name} is not in requirements.lock; run make lock"
        assert numbers(pins[name]) >= numbers(bound), f"{name} is pinned below {bound}; run make lock"


def test_all_is_every_extra_but_what_trains_the_model():
    extras = project()["optional-dependencies"]
    others = ",".join(name for name in extras if name not in ("all", "train"))
    assert extras["all"] == [f"newslab[{others}]"]


def test_one_version_everywhere():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == newslab.__version__
    assert re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)[1] == newslab.__version__


def test_commands_of_make_are_listed():
    targets = re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE)
    assert {"demo", "test", "lab", "lint", "lock", "clean", "help"} <= set(targets)
    assert set(targets) == set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("nl.", {"analyze", "read_articles", "plot", "coding"}),
        ("nl.analyze(nl.demo_corpus()).", {"edges", "quotes", "save"}),
        ("nl.analyze(nl.demo_corpus()).quotes.", {"merge", "groupby"}),
    ],
)
def test_an_editor_that_runs_nothing_knows_what_newslab_gives(typed, proposed):
    jedi = pytest.importorskip("jedi", reason="comes with IPython")
    script = jedi.Script(f"import newslab as nl\n{typed}")
    assert proposed <= {c.name for c in script.complete(2, len(typed))}


def test_names_that_editors_know_are_there():
    assert (Path(newslab.__file__).parent / "py.typed").is_file()
    assert all(hasattr(newslab, name) for name in newslab.__all__)
