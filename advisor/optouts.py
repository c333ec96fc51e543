"""The opt-outs of telemetry, update checks and downloads: which variable, who reads it, and who says so.

Every process that we start gets all of them, and what its user has set of the kind beside them. Looked up for what an
extra of ours installs or a recipe starts. Nothing was found on 2026-11-30 that PyTorch, TensorFlow, Keras, ExecuTorch,
LiteRT, Dask or TensorBoard would send, nor an opt-out of theirs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class OptOut:
    """A variable of the environment that keeps a program from sending or asking.

    Attributes
    ----------
    variable, value : str
        What is set.
    reader : str
        Who reads it.
    effect : str
        What it no longer does.
    source : str
        Where that is said, as a URL.
    checked_on : date
        When it was looked up there.
    """

    variable: str
    value: str
    reader: str
    effect: str
    source: str
    checked_on: date


@dataclass(frozen=True)
class Consent:
    """A file in the home folder that keeps a program from sending, where no variable does; the rest as `OptOut`."""

    file: str
    content: str
    reader: str
    effect: str
    source: str
    checked_on: date


_ON = date(2026, 11, 30)
_HUB = "https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables"
_NPM = "https://docs.npmjs.com/cli/v11/using-npm/config"

OPT_OUTS = (
    OptOut(
        "ORT_DISABLE_TELEMETRY", "1", "ONNX Runtime from 1.29",
        "upload of events, device id and database in the cache",
        "https://github.com/microsoft/onnxruntime/pull/27379", _ON,
    ),
    OptOut(
        "ORT_TELEMETRY_DISABLED", "1", "ONNX Runtime, builds of July 2026", "the same, under the name of then",
        "https://github.com/microsoft/onnxruntime/pull/29843", _ON,
    ),
    OptOut(
        "NNCF_CI", "1", "NNCF", "events to Google Analytics",
        "https://github.com/openvinotoolkit/nncf/pull/1339", _ON,
    ),
    OptOut(
        "HF_HUB_DISABLE_TELEMETRY", "1", "huggingface_hub, Transformers, Diffusers, Kernels", "events to its hub",
        _HUB, _ON,
    ),
    OptOut(
        "HF_HUB_DISABLE_UPDATE_CHECK", "1", "huggingface_hub from 2", "look for newer versions", _HUB, _ON,
    ),
    OptOut("HF_HUB_OFFLINE", "1", "huggingface_hub, Transformers", "any request to its hub", _HUB, _ON),
    OptOut(
        "TRANSFORMERS_OFFLINE", "1", "Transformers", "any request to the hub",
        "https://huggingface.co/docs/transformers/installation#offline-mode", _ON,
    ),
    OptOut(
        "DO_NOT_TRACK", "1", "huggingface_hub, vLLM, TensorRT-LLM, Daft and others", "telemetry",
        "https://consoledonottrack.com", _ON,
    ),
    OptOut(
        "DISABLE_TELEMETRY", "1", "huggingface_hub, Kernels", "telemetry",
        "https://github.com/huggingface/kernels/pull/167", _ON,
    ),
    OptOut(
        "VLLM_NO_USAGE_STATS", "1", "vLLM", "usage statistics",
        "https://docs.vllm.ai/en/latest/serving/usage_stats.html", _ON,
    ),
    OptOut(
        "RAY_USAGE_STATS_ENABLED", "0", "Ray", "usage statistics",
        "https://docs.ray.io/en/latest/cluster/usage-stats.html", _ON,
    ),
    OptOut(
        "LLAMA_ARG_OFFLINE", "1", "llama.cpp", "downloads of models",
        "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md", _ON,
    ),
    OptOut(
        "PIP_DISABLE_PIP_VERSION_CHECK", "1", "pip", "look for a newer pip",
        "https://pip.pypa.io/en/stable/cli/pip/#cmdoption-disable-pip-version-check", _ON,
    ),
    OptOut("NPM_CONFIG_UPDATE_NOTIFIER", "false", "npm", "look for a newer npm", f"{_NPM}#update-notifier", _ON),
    OptOut("NPM_CONFIG_AUDIT", "false", "npm", "list of what is installed to the registry", f"{_NPM}#audit", _ON),
    OptOut("NPM_CONFIG_FUND", "false", "npm", "look for who asks for funding", f"{_NPM}#fund", _ON),
    OptOut(
        "NO_UPDATE_NOTIFIER", "1", "programs for Node.js with update-notifier", "look for newer versions",
        "https://github.com/sindresorhus/update-notifier", _ON,
    ),
)  # fmt: skip

# OpenVINO's tools read no variable of their own. It is written into the home that a worker gets.
CONSENTS = (
    Consent(
        "intel/openvino_telemetry", "0", "OpenVINO, NNCF", "events to Google Analytics, and a client's id",
        "https://docs.openvino.ai/2026/about-openvino/additional-resources/telemetry.html", _ON,
    ),
)  # fmt: skip

# Opt-outs of programs that we do not know are told by their names, and let through when their value is a plain word: a
# token that bears such a name is not.
_NAMES = re.compile(
    r"TELEMETRY|DO_?NOT_?TRACK|ANALYTICS|OPT_?OUT|USAGE_STATS|NO_UPDATE|UPDATE_CHECK|VERSION_CHECK|OFFLINE"
)
_WORDS = re.compile(r"[01]|true|false|yes|no|on|off|never|none|disabled?", re.IGNORECASE)


def variables(ambient: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the opt-outs for a process that we start: ours, and those that the user has set for other programs.

    Parameters
    ----------
    ambient : mapping, optional
        The environment to look for the user's own; default that of this process.
    """
    source = os.environ if ambient is None else ambient
    own = {name: value for name, value in source.items() if _NAMES.search(name.upper()) and _WORDS.fullmatch(value)}
    return own | {each.variable: each.value for each in OPT_OUTS}


def write_consents(home: Path) -> None:
    """Write into an empty home folder what its programs read there instead of a variable."""
    for each in CONSENTS:
        file = home / each.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(each.content, encoding="utf-8")
