"""The process that holds a user's model: it reads it, takes its own answers, and exports it through one route."""

from __future__ import annotations

import faulthandler
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from probes import feeds, footprint
from probes.channel import LONGEST_MESSAGE, Body, Command, ProbeError, claim, failed, is_ours, serve
from probes.models import exports, obstacles, reference, samples
from probes.models.subject import Loading
from probes.route_proof import Asked
from probes.runtimes.clean_process import Question

# Where a call hangs is written to standard error so long before the limit.
NOTICE = 2.0
# Whose versions are told with an artifact.
PACKAGES = {
    "pytorch": ("torch",), "tensorflow": ("tensorflow", "keras"), "onnx": ("onnx",),
    "executorch": ("executorch", "torchao"), "onnxruntime": ("onnxruntime", "onnx", "onnxscript", "tf2onnx"),
    "openvino": ("openvino", "nncf"), "litert": ("ai-edge-litert", "litert-torch"),
}  # fmt: skip


def main() -> None:
    """Serve one model."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    reader = Reader()
    serve(claim(), {"read": reader.read, "convert": reader.convert})


class Reader:
    """The state behind the protocol: the model, once it is read."""

    def __init__(self) -> None:
        self.subject: Any = None
        self.loading: Loading | None = None

    def read(self, command: Command) -> Body:
        """Load a model, draw its inputs, and write what it answers.

        ``model`` says what to load (see `Loading`), ``inputs`` what the user said of its inputs, ``sizes`` the sizes of
        named dimensions, ``samples`` and ``labels`` files of the user's; ``folder`` is where the answers go.
        """
        _watched(command)
        subject = self._loaded(command)
        given = [samples.entry(each) for each in command.get("inputs") or ()]
        sizes = {name: int(size) for name, size in (command.get("sizes") or {}).items()}
        if subject.entries is None and not given:
            known = ", ".join(getattr(subject, "names", ()))
            told = f" ({known})" if known else ""
            raise ProbeError("not_run", f"nothing says what the model takes{told}")
        entries = samples.merged(subject.entries, given)
        lacking = samples.lacking(entries, sizes)
        own = self._own(command, entries)
        if own is not None:
            lacking = [each for each in lacking if not each.startswith("the range")]
        if lacking:
            return {"ok": {"inputs": [each.plain() for each in entries], "sizes": sizes, "lacking": lacking}}
        inputs = own if own is not None else samples.drawn(entries, sizes)
        found = reference.taken(subject, entries, sizes, inputs, longer=own is None)
        content = subject.content(samples.rows(inputs, found.entries, 0, 1))
        _written(Path(command["folder"]), found)
        if own is not None:
            self._marked(command, own)
        return {
            "ok": {
                "framework": subject.framework,
                "content": content.plain(),
                "inputs": [each.plain() for each in found.entries],
                "sizes": sizes,
                "outputs": [
                    {"name": name, "dtype": kind, "shape": list(shape), "first": _few(found.asked[0].expected[name])}
                    for name, (kind, shape) in found.outputs.items()
                ],
                "samples": len(next(iter(inputs.values()))),
                "own_samples": own is not None,
                "dynamic": found.dynamic,
                "positional": subject.positional([each.name for each in entries])
                if hasattr(subject, "positional")
                else True,
                "notes": [*content.notes, *found.notes],
                "lacking": [],
            }
        }

    def convert(self, command: Command) -> Body:
        """Export through one route, and prove; whatever is raised is the outcome.

        ``folder`` holds what `read` wrote; ``route``, ``precision`` and ``artifact`` say what to do. Its answer is that
        of a recipe, with ``operator`` and ``place`` among the figures where the exporter tells what is in the way.
        """
        _watched(command)
        start = time.perf_counter()
        try:
            subject = self._loaded(command)
            given = [samples.entry(each) for each in command.get("inputs") or ()]
            sizes = {name: int(size) for name, size in (command.get("sizes") or {}).items()}
            asked, inputs, outputs, limit = _restored(Path(command["folder"]))
            found = reference.Reference(given, inputs, asked, outputs, limit=limit)
            _alike(subject, asked[0], self.loading)
            job = _job(command, inputs, given)
            result = exports.done(subject, found, sizes, job)
            figures = dict(result.proof)
            figures["packages"] = footprint.versions(PACKAGES[job.route] + PACKAGES[subject.framework])
            if job.route == "onnxruntime" and not job.int8 and subject.framework != "onnx":
                figures["macs"] = exports.macs(job.artifact, samples.rows(inputs, given, 0, 1))
            body: Body = {"outcome": result.outcome, "proof": figures}
            if result.message:
                body["message"] = result.message
        except ProbeError as error:
            body = failed(error)
            cause = error.__cause__
            if cause is not None:
                body["proof"] = self._obstacle(cause).plain()
        except ModuleNotFoundError as error:
            body = {"outcome": "not_installed", "message": f"{sys.executable} has no module named {error.name!r}"}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the exception is the outcome
            if ours(error):
                return failed(error) | {"seconds": time.perf_counter() - start}
            obstacle = self._obstacle(error)
            body = {
                "outcome": "not_supported",
                "message": obstacle.message[:LONGEST_MESSAGE],
                "proof": obstacle.plain(),
            }
        return body | {"seconds": time.perf_counter() - start}

    def _marked(self, command: Command, own: Any) -> None:
        """Write down that the inputs are the user's own, with their labels where there are any."""
        folder = Path(command["folder"])
        (folder / "own").touch()
        labels = np.load(command["labels"], allow_pickle=False) if command.get("labels") else self.subject.labels
        if labels is None:
            return
        if len(labels) != feeds.count(own):
            raise ProbeError("error", f"--labels: {len(labels)} labels for {feeds.count(own)} samples")
        np.save(folder / "labels.npy", np.asarray(labels))

    def _obstacle(self, error: BaseException) -> obstacles.Obstacle:
        assert self.loading is not None
        return obstacles.of(error, self.loading.path)

    def _loaded(self, command: Command) -> Any:
        if self.subject is None:
            self.loading = Loading.of(command["model"])
            self.subject = load(self.loading)
        return self.subject

    def _own(self, command: Command, entries: Any) -> Any:
        """Return the user's own samples, from the command line or the factory."""
        if command.get("samples"):
            return samples.read(Path(command["samples"]), entries)
        found = self.subject.samples
        return None if found is None else samples.fitted(found, entries, "the factory's 'samples'")


def load(loading: Loading) -> Any:
    """Return the subject of a file.

    Raises
    ------
    ProbeError
        With the reason, in the user's own terms.
    """
    if loading.kind == "onnx":
        from probes.models.onnx_file import File

        return File(loading)
    if loading.kind == "pt2":
        from probes.models import pytorch_module

        return pytorch_module.load(pytorch_module.program(loading), loading)
    if loading.kind in ("keras", "savedmodel"):
        from probes.models import keras_model

        if loading.kind == "savedmodel":
            return keras_model.Saved(loading)
        return keras_model.Model(keras_model.file(loading), loading)
    return _made(loading)


def _made(loading: Loading) -> Any:
    from probes.models import factories

    made = factories.made(loading.path, loading.function)
    if "torch" in sys.modules:
        from probes.models import pytorch_module

        if pytorch_module.is_module(made.model):
            return pytorch_module.load(made, loading)
    if "keras" in sys.modules:
        from probes.models import keras_model

        if keras_model.is_model(made.model):
            return keras_model.Model(made, loading)
    kind = f"{type(made.model).__module__}.{type(made.model).__qualname__}"
    if kind.startswith(("jax", "flax", "builtins.function")):
        raise ProbeError("not_supported", f"JAX models: not yet ({loading.path.name}:{loading.function} gave {kind})")
    gave = f"{loading.path.name}:{loading.function} gave {kind}"
    raise ProbeError("error", f"{gave}: expected a model of PyTorch or Keras")


def ours(error: BaseException) -> bool:
    """Tell whether an error was raised by the probes' own code: no exporter is in anybody's way then."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and is_ours(frames[-1].filename)


def _watched(command: Command) -> None:
    """Let Python write where it is before the parent loses patience."""
    limit = float(command.get("seconds") or 0)
    if limit > NOTICE:
        faulthandler.dump_traceback_later(limit - NOTICE, file=sys.stderr)


def _alike(subject: Any, example: Asked, loading: Loading | None) -> None:
    """Refuse a factory that makes another model in every process: nothing that it exports could be held against it."""
    if loading is None or loading.kind != "python":
        return
    inputs = example.question.inputs
    if not reference.same(subject.answer(feeds.of(inputs)), example.expected):
        name = f"{loading.path.name}:{loading.function}"
        raise ProbeError("error", f"{name} makes another model each time: seed what it draws, or load its weights")


def _job(command: Command, inputs: Any, entries: Any) -> exports.Job:
    """Return what is to be done: with samples of the user's, half of them judge int8."""
    folder = Path(command["folder"])
    calibrating, held_out, labels = exports.calibration(inputs, entries), None, None
    if (folder / "own").exists() and calibrating is not None:
        calibrating, held_out = exports.halves(calibrating)
        if (folder / "labels.npy").exists():
            middle = feeds.count(inputs) // 2
            labels = np.load(folder / "labels.npy")[middle : middle + feeds.count(held_out)]
    return exports.Job(
        str(command["route"]), str(command["precision"]), Path(command["artifact"]), calibrating, held_out, labels
    )


def _few(array: Any) -> list[float]:
    """Return the first numbers of an answer, to be looked at."""
    return [float(each) for each in np.asarray(array).ravel()[:4]]


def _written(folder: Path, found: reference.Reference) -> None:
    """Write questions, answers and samples for the processes that export."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    feeds.save(folder / "inputs", {name: np.asarray(array) for name, array in found.inputs.items()})
    words = []
    for number, each in enumerate(found.asked):
        feeds.save(folder / f"asked-{number}", each.question.inputs)
        feeds.save(folder / f"expected-{number}", dict(each.expected))
        words.append(each.question.what)
    told = {"asked": words, "outputs": {name: [kind, list(shape)] for name, (kind, shape) in found.outputs.items()}}
    (folder / "reference.json").write_text(json.dumps(told | {"limit": found.limit}), encoding="utf-8")


def _restored(folder: Path) -> tuple[list[Asked], Any, dict[str, tuple[str, tuple[int, ...]]], float]:
    """Return what `_written` wrote."""
    import json

    told = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    asked = [
        Asked(Question(what, feeds.load(folder / f"asked-{n}.npz"), 0), feeds.load(folder / f"expected-{n}.npz"))
        for n, what in enumerate(told["asked"])
    ]
    outputs = {name: (kind, tuple(shape)) for name, (kind, shape) in told["outputs"].items()}
    return asked, feeds.load(folder / "inputs.npz"), outputs, float(told["limit"])
