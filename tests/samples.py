"""A plausible, complete, invented Run for tests: every observation of a full session, with made-up numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from advisor.measurement.run import Framework, Host, Observation, Outcome, Parity, Policy, Run, Spent
from advisor.measurement.timing import Round, Summary

FRAMEWORKS = ("pytorch", "tensorflow")
ROUTES = {"pytorch": ("executorch", "onnxruntime"), "tensorflow": ("litert", "onnxruntime")}
HOW = {
    ("pytorch", "out-of-the-box"): "eager",
    ("pytorch", "best-known"): "torch.compile",
    ("tensorflow", "out-of-the-box"): "Keras as in its tutorial",
    ("tensorflow", "best-known"): "tf.function(jit_compile=True)",
}

# Seconds: (out of the box, best known) for each framework.
_STEADY = {
    ("mlp-inference", 1): {"pytorch": (78e-6, 41e-6), "tensorflow": (2.4e-3, 95e-6)},
    ("mlp-inference", 32): {"pytorch": (140e-6, 98e-6), "tensorflow": (2.6e-3, 160e-6)},
    ("cnn-inference", 1): {"pytorch": (310e-6, 170e-6), "tensorflow": (3.1e-3, 240e-6)},
    ("cnn-inference", 32): {"pytorch": (2.9e-3, 1.9e-3), "tensorflow": (6.2e-3, 2.4e-3)},
    ("mlp-training", 64): {"pytorch": (900e-6, 610e-6), "tensorflow": (4.8e-3, 820e-6)},
    ("cnn-training", 64): {"pytorch": (14e-3, 9.4e-3), "tensorflow": (21e-3, 11e-3)},
    ("lstm-training", 64): {"pytorch": (19e-3, 17e-3), "tensorflow": (64e-3, 22e-3)},
    ("transformer-inference", 1): {"pytorch": (610e-6, 380e-6), "tensorflow": (4.9e-3, 520e-6)},
    ("transformer-training", 32): {"pytorch": (16e-3, 12e-3), "tensorflow": (38e-3, 14e-3)},
    ("recommender-inference", 1): {"pytorch": (95e-6, 52e-6), "tensorflow": (2.7e-3, 110e-6)},
    ("recommender-training", 256): {"pytorch": (1.9e-3, 1.4e-3), "tensorflow": (6.1e-3, 1.6e-3)},
    ("eager-overhead", 1): {"pytorch": (290e-6, 60e-6), "tensorflow": (3.8e-3, 71e-6)},
}
_WORKLOADS = {"eager-overhead": "tiny"}
_FIRST = {"pytorch": (4e-3, 9.8), "tensorflow": (0.12, 1.4)}
_ENVIRONMENT = {
    "pytorch": {"import-time": (1.9, "s"), "memory-after-import": (290e6, "B"), "installed-size": (830e6, "B"),
                "installed-packages": (11.0, ""), "effective-threads": (1.93, "")},
    "tensorflow": {"import-time": (4.2, "s"), "memory-after-import": (430e6, "B"), "installed-size": (1.9e9, "B"),
                   "installed-packages": (38.0, ""), "effective-threads": (1.71, "")},
}  # fmt: skip
_ROUTES: dict[tuple[str, str], dict[str, tuple[float, float, str]]] = {
    # metric: (float32, int8, unit)
    ("pytorch", "executorch"): {
        "artifact-size": (553_000, 161_000, "B"), "cold-start": (0.118, 0.116, "s"), "latency": (190e-6, 120e-6, "s"),
        "peak-memory": (61e6, 60e6, "B"), "runtime-size": (9.1e6, 9.1e6, "B"),
        "runtime-installed-size": (31e6, 31e6, "B"), "accuracy": (0.972, 0.961, ""), "accuracy-loss": (0.0, 0.011, ""),
    },
    ("tensorflow", "litert"): {
        "artifact-size": (549_000, 149_000, "B"), "cold-start": (0.061, 0.060, "s"), "latency": (150e-6, 90e-6, "s"),
        "peak-memory": (44e6, 43e6, "B"), "runtime-size": (5.6e6, 5.6e6, "B"),
        "runtime-installed-size": (17e6, 17e6, "B"), "accuracy": (0.972, 0.969, ""), "accuracy-loss": (0.0, 0.003, ""),
    },
    ("pytorch", "onnxruntime"): {
        "artifact-size": (551_000, 156_000, "B"), "cold-start": (0.142, 0.140, "s"), "latency": (110e-6, 105e-6, "s"),
        "peak-memory": (72e6, 71e6, "B"), "runtime-size": (21e6, 21e6, "B"),
        "runtime-installed-size": (48e6, 48e6, "B"), "accuracy": (0.972, 0.967, ""), "accuracy-loss": (0.0, 0.005, ""),
    },
    ("tensorflow", "onnxruntime"): {
        "artifact-size": (552_000, 157_000, "B"), "cold-start": (0.141, 0.141, "s"), "latency": (112e-6, 107e-6, "s"),
        "peak-memory": (72e6, 71e6, "B"), "runtime-size": (21e6, 21e6, "B"),
        "runtime-installed-size": (48e6, 48e6, "B"), "accuracy": (0.972, 0.966, ""), "accuracy-loss": (0.0, 0.006, ""),
    },
}  # fmt: skip
_PROVED = (
    "captured-control-flow", "checkpoint", "custom-gradient", "data-parallel", "debug-breakpoint", "debug-nan",
    "debug-shape-error", "device-placement", "dynamic-control-flow", "elastic-training", "export-ahead-of-time",
    "export-onnx", "export-program", "gradient-check", "mixed-precision", "numpy-interop", "public-api",
    "multi-worker", "reproducibility", "serving-onnxruntime", "shape-changes", "sharded-training", "tensorboard",
)  # fmt: skip
_REFUSED: dict[str, dict[str, Outcome]] = {
    "pytorch": {"whole-graph-control-flow": "not_supported", "debug-breakpoint-compiled": "proved",
                "checkpoint-code": "proved", "serving": "not_supported", "keras-backend": "proved"},
    "tensorflow": {"whole-graph-control-flow": "proved", "debug-breakpoint-compiled": "refuted",
                   "checkpoint-code": "refuted", "elastic-training": "not_supported",
                   "sharded-training": "not_supported", "serving": "proved", "keras-backend": "proved"},
}  # fmt: skip
_DETAILS: dict[tuple[str, str], dict[str, object]] = {
    ("pytorch", "shape-changes"): {"captures": {"by_default": 2, "told": 1}},
    ("tensorflow", "shape-changes"): {"captures": {"by_default": 20, "told": 1}},
    ("pytorch", "reproducibility"): {"same_bits": True, "same_bits_with_one_thread": False},
    ("tensorflow", "reproducibility"): {"same_bits": True, "same_bits_with_one_thread": True},
    ("pytorch", "checkpoint"): {"damage_detected": {"truncated": True, "flipped": True}},
    ("tensorflow", "checkpoint"): {"damage_detected": {"truncated": True, "flipped": False}},
    ("pytorch", "data-parallel"): {"scaling": 1.42},
    ("tensorflow", "data-parallel"): {"scaling": 1.21},
    ("pytorch", "public-api"): {"documented": 0.93},
    ("tensorflow", "public-api"): {"documented": 0.97},
}
_TOKENS = {
    "pytorch": {"define": 61, "train": 92, "evaluate": 38},
    "tensorflow": {"define": 24, "train": 41, "evaluate": 12},
}
_EXACT = {"artifact-size", "runtime-size", "runtime-installed-size", "installed-size", "installed-packages"}


def sample_run(
    *,
    frameworks: tuple[str, ...] = FRAMEWORKS,
    keep: Callable[[Observation], bool] = lambda observation: True,
    change: Callable[[Observation], Observation] = lambda observation: observation,
) -> Run:
    """Return an invented Run of `frameworks`; `keep` leaves observations out, `change` replaces them."""
    observations = (each for name in frameworks for each in _observations(name))
    return Run(
        id="20261120-171200-3f2a",
        started=datetime(2026, 11, 20, 17, 12, tzinfo=UTC),
        finished=datetime(2026, 11, 20, 17, 14, 5, tzinfo=UTC),
        mode="standard",
        advisor="0.1.0",
        host=Host(
            cpu="Invented CPU @ 2.0 GHz", cores=2, memory_bytes=8 * 1024**3, os="Linux 6.1", architecture="x86_64",
            isa=("avx2", "avx512_bf16"),
        ),
        policy=Policy(threads=2),
        frameworks={name: _FRAMEWORKS[name] for name in frameworks},
        aa_floor={name: floor for name, floor in {"pytorch": 0.013, "tensorflow": 0.021}.items() if name in frameworks},
        observations=tuple(change(observation) for observation in observations if keep(observation)),
        spent=Spent(imports=12.1, preparation=31.0, sampling=74.0, rest=7.9, total=125.0),
    )  # fmt: skip


_FRAMEWORKS = {
    "pytorch": Framework(
        title="PyTorch", version="2.13.0", python="3.11.7", packages={"torch": "2.13.0", "executorch": "1.5.1"},
        threads_requested=2, threads_effective=1.93, settings={"num_interop_threads": "1"},
        install="pip install 'framework-advisor[pytorch]'",
    ),
    "tensorflow": Framework(
        title="TensorFlow", version="2.21.0", python="3.11.7", packages={"tensorflow": "2.21.0", "keras": "3.15.1"},
        threads_requested=2, threads_effective=1.71, settings={"inter_op_parallelism_threads": "1"},
        install="pip install 'framework-advisor[tensorflow]'",
    ),
}  # fmt: skip


def _observations(framework: str) -> Iterator[Observation]:
    for metric, (value, unit) in _ENVIRONMENT[framework].items():
        yield Observation(
            probe="environment", framework=framework, metric=metric, unit=unit, outcome="measured",
            summary=_spread(value, metric),
        )  # fmt: skip
    for (probe, batch), times in _STEADY.items():
        for index, setting in enumerate(("out-of-the-box", "best-known")):
            yield from _setting(framework, probe, batch, setting, times[framework][index], _FIRST[framework][index])
    for route in ROUTES[framework]:
        yield from _route(framework, route)
    outcomes: dict[str, Outcome] = {**dict.fromkeys(_PROVED, "proved"), **_REFUSED[framework]}
    counts = {task: {"tokens": tokens} for task, tokens in _TOKENS[framework].items()}
    yield Observation(probe="capability:brevity", framework=framework, outcome="proved", proof=counts, seconds=4.2)
    for capability, outcome in sorted(outcomes.items()):
        yield Observation(
            probe=f"capability:{capability}", framework=framework, outcome=outcome, seconds=4.2,
            proof=_DETAILS.get((framework, capability), {}),
            message=None if outcome == "proved" else "an invented reason",
        )  # fmt: skip


def _setting(
    framework: str, probe: str, batch: int, setting: str, steady: float, first: float
) -> Iterator[Observation]:
    trains = probe.endswith("training")
    parity = Parity(max_relative_error=4.1e-7, weights_max_relative_error=8.3e-7 if trains else None)
    common = Observation(
        probe=probe, framework=framework, workload=_WORKLOADS.get(probe, probe.partition("-")[0]), setting=setting,
        how=HOW[framework, setting],
        parameters={"batch": batch}, unit="s", outcome="measured", parity=parity,
    )  # fmt: skip
    yield common.model_copy(update={"metric": "latency", "rounds": _rounds(steady), "summary": _timed(steady)})
    yield common.model_copy(update={"metric": "first-call", "summary": _scalar(first)})


def _route(framework: str, route: str) -> Iterator[Observation]:
    metrics = _ROUTES[framework, route]
    for index, precision in enumerate(("float32", "int8")):
        common = Observation(
            probe=f"route:{route}", framework=framework, route=route, workload="cnn", outcome="proved",
            parameters={"precision": precision},
        )  # fmt: skip
        error = (5e-7, 3.1e-2)[index]
        proof = {"max_relative_error": error, "artifact_bytes": int(metrics["artifact-size"][index])}
        yield common.model_copy(update={"proof": proof, "seconds": 1.2})
        for metric, (*values, unit) in metrics.items():
            value = float(values[index])
            update: dict[str, object] = {"metric": metric, "unit": unit, "outcome": "measured"}
            update["summary"] = _timed(value) if metric == "latency" else _spread(value, metric)
            if metric == "latency":
                update["parameters"] = {"precision": precision, "batch": 1}
                update["rounds"] = _rounds(value)
            if metric == "runtime-size":
                update["parameters"] = {"precision": precision, "build": "native"}
            yield common.model_copy(update=update)


def _rounds(median: float) -> tuple[Round, ...]:
    calls = max(5, int(0.1 / median))
    factors = (1.004, 0.996, 1.0, 1.011, 0.993, 1.002)
    return tuple(
        Round(
            round=index, median=median * factor, mean=median * factor * 1.01, calls=calls, wall=median * calls,
            cpu=1.9 * median * calls, foreign_cpu=0.0003, process=index % 3,
        )
        for index, factor in enumerate(factors)
    )  # fmt: skip


def _timed(median: float) -> Summary:
    calls = 6 * max(5, int(0.1 / median))
    return Summary(
        median=median, low=median * 0.98, high=median * 1.02, n=calls, p50=median, p95=median * 1.12,
        p99=median * 1.31, p99_low=median * 1.24, p99_high=median * 1.4,
    )  # fmt: skip


def _spread(value: float, metric: str) -> Summary:
    if metric in _EXACT or metric.startswith("accuracy"):
        return _scalar(value)
    return Summary(median=value, low=value * 0.97, high=value * 1.03, n=3)


def _scalar(value: float) -> Summary:
    return Summary(median=value, low=value, high=value, n=1)
