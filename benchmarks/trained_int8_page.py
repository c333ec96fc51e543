"""The page of int8 on networks that were trained."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

MAKERS = {
    "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO (NNCF)", "executorch": "ExecuTorch (PT2E)",
    "torchexport": "torch.export (PT2E, x86)", "litert": "LiteRT (litert-torch)",
}  # fmt: skip

HEAD = """# int8 on networks that were trained

A network that nobody trained answers with the noise of its weights, and eight bits lie 1 to 35 % away from it with
every maker alike: that refutes none of them. So int8 is judged where an answer means something: two networks that are
trained here in seconds on the handwritten digits of scikit-learn (1,197 to learn from, 64 of which calibrate; 600
others are judged), a sentence encoder and a text detector that packages carry. Every variant that a maker recommends
is tried: static with signed and with unsigned activations, dynamic, and the scheme for transformers.

The page is generated (`python -m benchmarks.trained_int8 measure RESULTS`, then `page RESULTS --output site/int8.md`);
nothing on it is written by hand. The interval of a share is Wilson's, 95 %; that of a loss of accuracy the one of
Agresti and Min for pairs. *rms* is the root mean square of what int8 is away from float32, as a share of float32's.
*Time* is the shortest call with one thread over that of the same maker's float32, on a machine that was not quiet: it
tells a factor of two, and nothing finer.
"""


def written(rows: Sequence[Row]) -> str:
    """Return the page as Markdown."""
    parts = [HEAD]
    for subject, several in itertools.groupby(rows, key=lambda row: row["subject"]):
        found = list(several)
        what = next((row["what"] for row in found if "what" in row), "")
        count = next((row["judged"] for row in found if "judged" in row), 0)
        parts.append(f"## {subject}\n\nJudged: {what}, of {count}.\n")
        parts.append("\n".join(_table(found)) + "\n")
        missing = [title for maker, title in MAKERS.items() if maker not in {row["maker"] for row in found}]
        if missing:
            parts.append(f"Not run: {', '.join(missing)}.\n")
    return "\n".join(parts)


def _table(rows: Sequence[Row]) -> Iterator[str]:
    accuracy = any("accuracy" in row for row in rows)
    head = ["maker", "variant", "kept", *(["accuracy float32 → int8", "lost"] if accuracy else []), "cosine", "rms"]
    head += ["bytes", "time"]
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        maker, variant = MAKERS[row["maker"]], row.get("how") or row["variant"] or "–"
        if "message" in row:
            said = re.sub(r"(?:/[\w.+-]+){2,}/", "", row["message"]).replace("|", "\\|")
            yield f"| {maker} | {variant} | {said} |" + " |" * (len(head) - 3)
            continue
        cells = [maker, variant, f"{row['kept']:.1%} ({row['low']:.1%} to {row['high']:.1%})"]
        if accuracy:
            loss = row["loss"]
            cells.append(f"{row['accuracy']['float32']:.1%} → {row['accuracy']['int8']:.1%}")
            cells.append(f"{loss['value']:.1%} ({loss['low']:.1%} to {loss['high']:.1%})".replace("-", "−"))
        cells += [f"{row['cosine']:.3f}", f"{row['relative_rms']:.3f}", f"{row['bytes_share']:.0%}"]
        cells.append(f"{row['latency'] / row['latency_float32']:.2f}")
        yield f"| {' | '.join(cells)} |"
