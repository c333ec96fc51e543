"""Whether a Run speaks of a model as it is now: another content, other packages, what changed since a Run before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from advisor.decision import currency
from advisor.measurement.run import Run
from tests.decision.test_about_model import MODEL, reference, with_networks

OLD, NEW = (replace(MODEL, spec=f"camera-make-{digest}", title="camera.py:make") for digest in ("0" * 8, "1" * 8))


def run_of(spec: str, *, days: int = 0, torch: str | None = None) -> Run:
    found = with_networks(mobilenetv2=20.0)
    own = [each.model_copy(update={"workload": spec}) for each in found.observations if each.workload == "mobilenetv2"]
    frameworks = dict(found.frameworks)
    if torch is not None:
        packages = {**frameworks["pytorch"].packages, "torch": torch}
        frameworks["pytorch"] = frameworks["pytorch"].model_copy(update={"packages": packages})
    finished = found.finished - timedelta(days=days)
    update = {"observations": (*reference().observations, *own), "frameworks": frameworks, "finished": finished}
    return found.model_copy(update=update | {"id": f"run-{days}"})


def test_another_content_of_the_same_file_was_not_measured() -> None:
    assert currency.lacking(run_of(NEW.spec), NEW) is None
    told = currency.lacking(run_of(OLD.spec), NEW)
    assert told == "camera.py:make has changed: camera-make-00000000 was measured, and it is camera-make-11111111 now"
    assert currency.lacking(reference(), NEW) == "nothing of camera.py:make was measured"


def test_packages_of_other_versions_are_named() -> None:
    run = run_of(NEW.spec)
    installed = {name: dict(each.packages) for name, each in run.frameworks.items() if each.packages}
    assert currency.outdated(run, installed) is None
    before = installed["pytorch"]["torch"]
    installed["pytorch"]["torch"] = "99.0"
    assert currency.outdated(run, installed) == f"torch {before} → 99.0"


def test_what_changed_since_the_run_before_is_told() -> None:
    now, before = run_of(NEW.spec), run_of(OLD.spec, days=3, torch="2.0")
    version = now.frameworks["pytorch"].packages["torch"]
    told = currency.since([now, reference(), before], now, NEW)
    assert told == f"since {before.finished:%Y-%m-%d}: camera.py:make has changed, torch 2.0 → {version}"
    assert currency.since([now, run_of(NEW.spec, days=1)], now, NEW) is None
