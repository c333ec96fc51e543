"""The toy probes: the real workers and the real channel, with frameworks and a runtime made of NumPy."""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent


def main() -> None:
    sys.path[0] = str(HOME.parents[3])
    from probes import channel, runtime_worker, runtimes, worker

    channel.claim()
    what, name = sys.argv[1:3]
    if what == "framework":
        worker.main(name, [HOME / "frameworks"])
    elif what == "runtime":
        runtimes.__path__.append(str(HOME / "runtimes"))
        runtime_worker.main(name)
    else:
        channel.claim().reply(None, {"ok": digits(Path(sys.argv[3]))})


def digits(folder: Path) -> dict[str, int]:
    """Write what the real digits write, with weights that nobody trained and labels that they mostly get right."""
    import numpy as np

    from probes import reference, workloads

    weights = workloads.initial_weights("cnn")
    random = np.random.default_rng(0)
    images = random.standard_normal((60, 32, 32, 1), dtype=np.float32)
    predictions = reference.forward("cnn", weights, images).argmax(axis=1)
    labels = np.where(random.random(60) < 0.9, predictions, (predictions + 1) % 10)
    np.savez(folder / "cnn-digits.npz", allow_pickle=False, **weights)
    np.save(folder / "calibration.npy", images[:10])
    np.save(folder / "held-out.npy", images)
    np.save(folder / "held-out-labels.npy", labels)
    np.save(folder / "held-out-predictions.npy", predictions)
    return {"held_out": len(images)}


if __name__ == "__main__":
    main()
