"""The page of a network at several sizes: drawn where the Run has any, and absent where it has none."""

from __future__ import annotations

from pathlib import Path

from advisor.api import build_site
from advisor.decision.engine import decide
from advisor.measurement.run import Run
from advisor.profiles.profile import load_profile
from tests.decision.test_about_model import reference, with_networks

SPECS = {"mobilenetv1?width=0.1": 1.0, "mobilenetv1": 4.0, "mobilenetv1?width=1": 40.0}


def run_of_sizes() -> Run:
    """Return the reference Run with one network at three sizes; LiteRT is slow on the smallest one."""
    found = list(reference().observations)
    for spec, factor in SPECS.items():
        grown = [each for each in with_networks(mobilenetv1=factor).observations if each.workload == "mobilenetv1"]
        for each in grown:
            slow = each.route == "litert" and factor == 1.0
            summary = each.summary
            if slow and summary is not None:
                changed = {name: getattr(summary, name) * 9 for name in ("median", "low", "high")}
                summary = summary.model_copy(update=changed)
            found.append(each.model_copy(update={"workload": spec, "summary": summary}))
    return reference().model_copy(update={"observations": tuple(found)})


def test_a_run_of_several_sizes_has_a_page_with_its_crossings(tmp_path: Path) -> None:
    build_site(run_of_sizes(), tmp_path, profiles=["edge"])
    page = (tmp_path / "sizes.html").read_text(encoding="utf-8")
    assert "Where stacks change places" in page
    assert "takes less time, above it" in page
    assert "mobilenetv1, int8" in page
    home = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="sizes.html"' in home, "the menu leads there"
    told = decide(run_of_sizes(), load_profile("edge"), samples=200)
    assert any("answers sooner, above it" in each and "measured at" in each for each in told.warnings)
