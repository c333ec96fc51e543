"""The digits are learnt well enough, quickly enough, and the same every time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from advisor import resources
from probes import digits, reference, workloads

pytestmark = pytest.mark.integration

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits")
    command = [sys.executable, str(resources.probes()), "digits", "--output", str(folder / "new")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    (reply,) = (json.loads(line) for line in done.stdout.splitlines())
    assert reply["ok"]["accuracy"] >= 0.97
    assert reply["ok"]["held_out"] == 600
    (folder / "reply.json").write_text(json.dumps(reply["ok"]))
    return folder


def test_the_files_hold_what_was_learnt(folder: Path) -> None:
    told = json.loads((folder / "reply.json").read_text())
    case = workloads.trained(folder / "new" / "cnn-digits.npz", folder, {"precision": "int8"})
    assert case.held_out is not None
    assert case.held_out_labels is not None
    assert case.calibration is not None
    # int8 is judged by the classes of all held-out samples, float32 by its figures for eight.
    assert case.inputs.shape == (600, 32, 32, 1)
    assert workloads.trained(folder / "new" / "cnn-digits.npz", folder).inputs.shape == (8, 32, 32, 1)
    assert case.calibration.shape == (128, 32, 32, 1)
    predicted = digits.predictions(case.weights, case.held_out)
    assert float((predicted == case.held_out_labels).mean()) == told["accuracy"]
    np.testing.assert_array_equal(predicted, np.load(folder / "new" / "held-out-predictions.npy"))


def test_no_held_out_image_is_trained_or_calibrated_on(folder: Path) -> None:
    images, _ = digits.load()
    held_out = np.load(folder / "new" / "held-out.npy")
    calibration = np.load(folder / "new" / "calibration.npy")
    assert len(images) == digits.TRAINING + len(held_out)
    seen = {image.tobytes() for image in calibration}
    assert not seen & {image.tobytes() for image in held_out}


def test_training_repeats_exactly() -> None:
    images, labels = digits.load()
    one, two = (digits.train(images[:16], labels[:16]) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    logits = reference.forward("cnn", one, images[:4])
    assert logits.dtype == np.float32


def test_without_scikit_learn_it_says_what_is_missing(tmp_path: Path) -> None:
    hidden = "import importlib.util, sys; find = importlib.util.find_spec\n"
    hidden += "importlib.util.find_spec = lambda name, *rest: None if name == 'sklearn' else find(name, *rest)\n"
    hidden += f"sys.path.insert(0, {str(resources.probes().parent)!r})\n"
    hidden += "from pathlib import Path; from probes import digits; digits.main(Path(sys.argv[1]))"
    command = [sys.executable, "-c", hidden, str(tmp_path / "new")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    reply = json.loads(done.stdout)
    assert reply["outcome"] == "not_installed"
    assert "scikit-learn" in reply["message"]
    assert not (tmp_path / "new").exists()
