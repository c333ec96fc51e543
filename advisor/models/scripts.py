"""The script that makes an artifact: the user's to read, to keep and to change; it imports nothing of advisor.

It does what the route's exporter of `probes.frameworks` did, written out for this one model.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from advisor.models.check import Checked
from advisor.models.inputs import BATCH
from advisor.models.routes import Conversion

MOST = 64
"""The largest batch of a program whose runtime wants to know one, as `probes.models.exports` has it."""

_FACTORY = """
path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / {path!r}
sys.path.insert(0, str(path.parent))
spec = importlib.util.spec_from_file_location("user_model", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
made = module.{function}()
model = made["model"] if isinstance(made, dict) else made[0] if isinstance(made, tuple) else made
"""
_FILE = """
path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / {path!r}
"""
_LEAVES = '''
def leaves(answers, prefix=""):
    """Return what the model gives by name."""
    if isinstance(answers, torch.Tensor):
        return {prefix or "output": answers}
    if isinstance(answers, dict):
        pairs = answers.items()
    elif hasattr(answers, "__dataclass_fields__"):
        pairs = [(name, getattr(answers, name)) for name in answers.__dataclass_fields__]
    elif hasattr(answers, "_fields"):
        pairs = zip(answers._fields, answers)
    elif isinstance(answers, (tuple, list)):
        pairs = [(f"{'' if prefix else 'output_'}{number}", each) for number, each in enumerate(answers)]
    else:
        return {}
    found = {}
    for name, each in pairs:
        found |= leaves(each, f"{prefix}_{name}" if prefix else name)
    return found


'''


@dataclass(frozen=True)
class Script:
    """What a script is written from: a model that was checked, and one of its conversions."""

    found: Checked
    conversion: Conversion
    home: Path

    @property
    def int8(self) -> bool:
        """Whether the artifact is quantised."""
        return self.conversion.precision == "int8"

    @property
    def names(self) -> list[str]:
        """The inputs' names."""
        return [each.name for each in self.found.told.inputs]

    @property
    def open(self) -> Mapping[str, Sequence[str]]:
        """The dimensions that the artifact leaves open, by input."""
        taken: Mapping[str, Sequence[str]] = self.conversion.figures.get("takes") or {}
        return taken

    def shapes(self) -> dict[str, list[int | None]]:
        """Return the sizes of every input; None stands for any."""
        return {
            each.name: [self._size(each.name, size) for size in each.shape] for each in self.found.told.inputs
        }  # fmt: skip

    def _size(self, name: str, size: int | str | None) -> int | None:
        if isinstance(size, str):
            return None if size in self.open.get(name, ()) else 1 if size == BATCH else self.found.told.sizes[size]
        return size


def written(found: Checked, conversion: Conversion, home: Path) -> str:
    """Return the text of the script; `home` is the folder that it will stand in."""
    script = Script(found, conversion, home)
    make = {"pytorch": _pytorch, "tensorflow": _tensorflow, "onnx": _onnx}[conversion.route.framework]
    packages = ", ".join(f"{name}=={version}" for name, version in conversion.figures.get("packages", {}).items())
    artifact = f"{conversion.route.runtime}-{conversion.precision}"
    head = f'"""Make {artifact} of {found.request.source.said}: python {artifact}.py [FILE]"""\n'
    needs = f"# Made with {packages}.\n" if packages else ""
    name = conversion.artifact.name if conversion.artifact is not None else "model"
    setting = f"here = pathlib.Path(__file__).resolve().parent\nout = here.parent / {artifact!r} / {name!r}\n"
    setting += "out.parent.mkdir(exist_ok=True)\n"
    body = make(script)
    imports = "import importlib.util\nimport pathlib\nimport shutil\nimport sys\n\nimport numpy as np\n"
    return "\n".join([head, needs + imports, setting, body.strip("\n")]) + "\n"


def _path(script: Script) -> str:
    return os.path.relpath(script.found.request.source.path, script.home)


def _samples(script: Script) -> str:
    return f'samples = dict(np.load(here.parent / "inputs.npz"))  # {", ".join(script.names)}\n'


def _pytorch(script: Script) -> str:
    source = script.found.request.source
    parts = ["import torch\n"]
    if source.kind == "pt2":
        parts.append(_FILE.format(path=_path(script)) + "model = torch.export.load(path).module()\n")
    else:
        made = _FACTORY.format(path=_path(script), function=source.function)
        parts.append(made + "model = model.eval().float()\n")
    parts += [_wrapper(script), _samples(script), _example(script)]
    return "\n".join([*parts, _TORCH[script.conversion.route.runtime](script)])


def _wrapper(script: Script) -> str:
    outputs = [each.name for each in script.found.told.outputs]
    positional = script.found.told.positional
    if outputs == ["output"] and positional:
        return ""
    arguments = [name if name.isidentifier() else f"input_{n}" for n, name in enumerate(script.names)]
    given = ", ".join(
        arguments if positional else [f"{name}={a}" for name, a in zip(script.names, arguments, strict=True)]
    )
    back = f"[answers[name] for name in {outputs!r}]" if len(outputs) > 1 else f"answers[{outputs[0]!r}]"
    back = f"tuple({back})" if len(outputs) > 1 else back
    return _LEAVES + dedent(
        f'''\
        class Wrapper(torch.nn.Module):
            """The model with its inputs by position and a tuple of tensors back."""

            def __init__(self, model):
                super().__init__()
                self.model = model

            def forward(self, {", ".join(arguments)}):
                answers = leaves(self.model({given}))
                return {back}


        model = Wrapper(model).eval()
        '''
    )


def _example(script: Script) -> str:
    wide = any(script.open.values())
    stop = 2 if wide and script.found.told.dynamic else 1
    batched = all(each.shape and each.shape[0] == BATCH for each in script.found.told.inputs)
    cut = f"torch.tensor(array[:{stop}])" if batched else "torch.tensor(array[0])"
    text = f"example = tuple({cut} for array in samples.values())\n"
    if not wide:
        return text + "dynamic = None\n"
    known = dict.fromkeys(word for words in script.open.values() for word in words)
    bounded = script.conversion.route.runtime != "onnxruntime"
    for word in known:
        most = MOST if word == BATCH else max(MOST, 4 * script.found.told.sizes[word])
        text += f"{word} = torch.export.Dim({word!r}{f', max={most}' if bounded else ''})\n"
    axes = [
        "{" + ", ".join(f"{axis}: {size}" for axis, size in enumerate(each.shape)
                        if size in script.open.get(each.name, ())) + "}"
        for each in script.found.told.inputs
    ]  # fmt: skip
    return text + f"dynamic = ({', '.join(axes)},)\n"


def _executorch(script: Script) -> str:
    lower = dedent(
        """
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower

        lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
        out.write_bytes(lowered.to_executorch().buffer)
        """
    )
    if not script.int8:
        return "program = torch.export.export(model, example)\n" + lower
    dynamic = script.conversion.figures.get("variant") == "dynamic"
    quantise = dedent(
        f"""\
        from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
            XNNPACKQuantizer,
            get_symmetric_quantization_config,
        )

        quantizer = XNNPACKQuantizer()
        quantizer.set_global(get_symmetric_quantization_config(is_per_channel=True, is_dynamic={dynamic}))
        """
    )
    return quantise + _pt2e("True") + lower


def _pt2e(fold: str) -> str:
    return dedent(
        f"""
        from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

        prepared = prepare_pt2e(torch.export.export(model, example).module(), quantizer)
        for number in range(len(next(iter(samples.values())))):
            prepared(*(torch.tensor(array[number : number + 1]) for array in samples.values()))
        quantised = convert_pt2e(prepared, fold_quantize={fold})
        used = {{node.target for node in quantised.graph.nodes if node.op == "get_attr"}}
        for name, _ in list(quantised.named_parameters()):
            if name not in used:  # the float32 weights, which nothing is computed with any more
                owner, _, attribute = name.rpartition(".")
                delattr(quantised.get_submodule(owner), attribute)
        program = torch.export.export(quantised, example)
        """
    )


def _torch_onnx(script: Script) -> str:
    text = dedent(
        f"""
        torch.onnx.export(
            model, example, out, input_names={script.names!r}, dynamo=True, dynamic_shapes=dynamic, external_data=False
        )
        """
    )
    return text + (_onnx_int8(script) if script.int8 else "")


def _onnx_int8(script: Script) -> str:
    figures = script.conversion.figures
    variant, seven = figures.get("variant"), "seven bits" in str(figures.get("how"))
    prepare = dedent(
        """
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType
        from onnxruntime.quantization import quantize_dynamic, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process

        prepared = out.with_suffix(".prepared.onnx")
        quant_pre_process(out, prepared, skip_symbolic_shape=True)
        """
    )
    if variant == "dynamic":
        call = dedent(
            f"""
            import onnx

            whole = onnx.load(prepared)
            del whole.graph.value_info[:]
            quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range={seven})
            """
        )
        return prepare + call + "prepared.unlink()\n"
    kind = "QUInt8" if variant == "U8S8" else "QInt8"
    call = dedent(
        f"""

        class Samples(CalibrationDataReader):
            def __init__(self):
                count = len(next(iter(samples.values())))
                self.feeds = iter([{{n: a[i : i + 1] for n, a in samples.items()}} for i in range(count)])

            def get_next(self):
                return next(self.feeds, None)


        quantize_static(
            prepared, out, Samples(), quant_format=QuantFormat.QDQ, activation_type=QuantType.{kind},
            weight_type=QuantType.QInt8, per_channel=True, reduce_range={seven},
        )
        prepared.unlink()
        """
    )
    return prepare + call


def _openvino(script: Script, model: str) -> str:
    sizes = {name: [-1 if size is None else size for size in shape] for name, shape in script.shapes().items()}
    listed = "".join(f"    {index}: {shape!r},  # {name}\n" for index, (name, shape) in enumerate(sizes.items()))
    text = dedent(
        f"""
        import openvino

        converted = openvino.convert_model({model})
        """
    )
    # By name where the names were kept, else in the model's order.
    text += f"shapes = {{\n{listed}}}\nnames = {script.names!r}\n"
    text += dedent(
        """\
        ports = {name: port for port in converted.inputs for name in port.get_names()}
        taken = [ports.get(name, converted.input(number)) for number, name in enumerate(names)]
        converted.reshape({port: shapes[number] for number, port in enumerate(taken)})
        """
    )
    if script.int8:
        text += _nncf(script)
    return text + "openvino.save_model(converted, out / 'model.xml', compress_to_fp16=False)\n"


def _nncf(script: Script) -> str:
    variant = script.conversion.figures.get("variant")
    kind = ", model_type=nncf.ModelType.TRANSFORMER" if variant else ""
    smooth = (
        "parameters.smooth_quant_alphas = nncf.AdvancedSmoothQuantParameters(matmul=-1, convolution=-1)\n"
        if variant == "plain"
        else ""
    )
    return (
        dedent(
            """
        import nncf
        from nncf.quantization.range_estimator import RangeEstimatorParametersSet

        count = len(next(iter(samples.values())))
        order = [converted.inputs.index(port) for port in taken]
        calls = [[array[i : i + 1] for array in samples.values()] for i in range(count)]
        given = nncf.Dataset([[call[order.index(n)] for n in range(len(call))] for call in calls])
        parameters = nncf.AdvancedQuantizationParameters(
            activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX
        )
        """
        )
        + f"{smooth}converted = nncf.quantize(converted, given{kind}, advanced_parameters=parameters)\n"
    )


def _torch_openvino(script: Script) -> str:
    return _openvino(script, "torch.export.export(model, example, dynamic_shapes=dynamic)")


def _torch_litert(script: Script) -> str:
    if not script.int8:
        return "import litert_torch\n\nlitert_torch.convert(model, example).export(str(out))\n"
    quantise = dedent(
        """\
        import litert_torch
        from litert_torch.quantize.pt2e_quantizer import PT2EQuantizer, get_symmetric_quantization_config
        from litert_torch.quantize.quant_config import QuantConfig

        quantizer = PT2EQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
        """
    )
    convert = "litert_torch.convert(program.module(), example, quant_config=QuantConfig(quantizer)).export(str(out))\n"
    return quantise + _pt2e("False") + convert


def _tensorflow(script: Script) -> str:
    source = script.found.request.source
    runtime = script.conversion.route.runtime
    if source.kind == "savedmodel":
        text = "import tensorflow as tf\n" + _FILE.format(path=_path(script)) + "saved = path\n" + _samples(script)
    else:
        text = 'import os\n\nos.environ.setdefault("KERAS_BACKEND", "tensorflow")\n\n'
        text += "import keras\nimport tensorflow as tf\n"
        if source.kind == "keras":
            safe = "" if not script.found.request.allow_code else ", safe_mode=False"
            text += _FILE.format(path=_path(script)) + f"model = keras.saving.load_model(path, compile=False{safe})\n"
        else:
            text += _FACTORY.format(path=_path(script), function=source.function)
        text += _samples(script) + _keras_signature(script)
        if runtime != "onnxruntime":
            text += 'saved = here.parent / "saved"\n'
            text += 'model.export(saved, format="tf_saved_model", input_signature=signature)\n'
    if runtime == "litert":
        return text + _tflite(script)
    if runtime == "openvino":
        return text + _openvino(script, "saved")
    if source.kind != "savedmodel":
        text += 'model.export(out, format="onnx", input_signature=signature)\n'
    else:
        text += dedent(
            f"""\
            import tf2onnx

            shapes = {script.shapes()!r}
            function = tf.saved_model.load(str(saved)).signatures[{_signature(script)!r}]
            specs = [tf.TensorSpec(shapes[name], samples[name].dtype, name=name) for name in shapes]


            @tf.function(input_signature=specs)
            def signature(*given):
                return function(**dict(zip(shapes, given)))


            tf2onnx.convert.from_function(signature, input_signature=specs, opset=17, output_path=str(out))
            """
        )
    return text + (_onnx_int8(script) if script.int8 else "")


def _signature(script: Script) -> str:
    notes = [note.removeprefix("signature ") for note in script.found.told.notes if note.startswith("signature ")]
    return notes[0] if notes else "serving_default"


def _keras_signature(script: Script) -> str:
    shapes = script.shapes()
    specs = {n: f"tf.TensorSpec({shape!r}, samples[{n!r}].dtype, name={n!r})" for n, shape in shapes.items()}
    several = "{" + ", ".join(f"{name!r}: {spec}" for name, spec in specs.items()) + "}"
    one = next(iter(specs.values())) if len(specs) == 1 else several
    given = "next(iter(first.values()))" if len(specs) == 1 else "first"
    return (
        "first = {name: tf.constant(array[:1]) for name, array in samples.items()}\n"
        f"model({given}, training=False)  # Keras exports what was called once\n"
        f"signature = [{one}]\n"
    )


def _tflite(script: Script) -> str:
    text = "converter = tf.lite.TFLiteConverter.from_saved_model(str(saved))\n"
    if script.int8:
        text += "converter.optimizations = [tf.lite.Optimize.DEFAULT]\n"
        if script.conversion.figures.get("variant") != "dynamic":
            text += dedent(
                """

                def calibration():
                    for number in range(len(next(iter(samples.values())))):
                        call = {name: array[number : number + 1] for name, array in samples.items()}
                        yield list(call.values()) if len(call) == 1 else call


                converter.representative_dataset = calibration
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
                """
            )
    return text + "out.write_bytes(converter.convert())\n"


def _onnx(script: Script) -> str:
    text = _FILE.format(path=_path(script)) + _samples(script)
    if script.conversion.route.runtime == "openvino":
        return text + _openvino(script, "path")
    text += "shutil.copyfile(path, out)  # the file as it is\n"
    if script.int8:
        text += dedent(
            """\
                import onnx
                from onnx import version_converter

                whole = onnx.load(out)
                weights = {each.name for each in whole.graph.initializer}
                kept = [each for each in whole.graph.input if each.name not in weights]
                del whole.graph.input[:]
                whole.graph.input.extend(kept)
                whole.ir_version = max(whole.ir_version, 4)
                opset = next(each.version for each in whole.opset_import if each.domain in ("", "ai.onnx"))
                onnx.save(version_converter.convert_version(whole, 13) if opset < 13 else whole, out)
                """
        ) + _onnx_int8(script)
    return text


_TORCH = {
    "executorch": _executorch, "onnxruntime": _torch_onnx, "openvino": _torch_openvino, "litert": _torch_litert,
}  # fmt: skip
