// A C interface to ExecuTorch's Module for programs with one float32 input and one float32 output.
//
// The Python module executorch.runtime imports torch, so a process that uses it does not show what a device would hold.
// This file is compiled against the headers and libraries of the installed executorch wheel and loaded with ctypes.

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

namespace executorch::extension::threadpool {

// The wheel carries this class in libexecutorch_threadpool.so, but not the header that declares it.
class ThreadPool {
 public:
  bool _unsafe_reset_threadpool(uint32_t threads);
};
ThreadPool* get_threadpool();

}  // namespace executorch::extension::threadpool

using executorch::aten::DimOrderType;
using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::extension::Module;
using executorch::extension::TensorPtr;
using executorch::runtime::Error;
using executorch::runtime::Program;

namespace {

struct Layout {
  std::vector<SizesType> sizes;
  std::vector<DimOrderType> order;  // of the dimensions in memory, outermost first
};

struct Model {
  explicit Model(const char* path) : module(path) {}
  Module module;
  Layout input;
  Layout output;
};

template <typename Meta>
Error float_layout(const Meta& meta, Layout& layout) {
  if (!meta.ok()) return meta.error();
  if (meta->scalar_type() != ScalarType::Float) return Error::InvalidType;
  layout.sizes.assign(meta->sizes().begin(), meta->sizes().end());
  layout.order.assign(meta->dim_order().begin(), meta->dim_order().end());
  return Error::Ok;
}

Error load(Model& model) {
  // Full verification: a truncated or damaged file must give an error here, not undefined behaviour later.
  Error error = model.module.load(Program::Verification::InternalConsistency);
  if (error != Error::Ok) return error;
  error = model.module.load_forward();
  if (error != Error::Ok) return error;
  const auto meta = model.module.method_meta("forward");
  if (!meta.ok()) return meta.error();
  if (meta->num_inputs() != 1 || meta->num_outputs() != 1) return Error::NotSupported;
  error = float_layout(meta->input_tensor_meta(0), model.input);
  if (error != Error::Ok) return error;
  return float_layout(meta->output_tensor_meta(0), model.output);
}

int copy_shape(const Layout& layout, int32_t* shape, int capacity) {
  const int rank = static_cast<int>(layout.order.size());
  if (rank > capacity) return -1;
  for (int i = 0; i < rank; ++i) shape[i] = layout.sizes[layout.order[i]];
  return rank;
}

}  // namespace

extern "C" {

// Every function that returns an int returns ExecuTorch's error code (0: no error), unless it says otherwise.

const char* shim_error(int code) { return executorch::runtime::to_string(static_cast<Error>(code)); }

int shim_open(const char* path, unsigned threads, Model** result) {
  executorch::extension::threadpool::get_threadpool()->_unsafe_reset_threadpool(threads);
  auto model = std::make_unique<Model>(path);
  const Error error = load(*model);
  if (error == Error::Ok) *result = model.release();
  return static_cast<int>(error);
}

// Sizes in the order of memory: N×H×W×C for a program exported with channels-last images. Both return the number of
// dimensions, or -1 when there are more than `capacity`.
int shim_input_shape(const Model* model, int32_t* shape, int capacity) {
  return copy_shape(model->input, shape, capacity);
}
int shim_output_shape(const Model* model, int32_t* shape, int capacity) {
  return copy_shape(model->output, shape, capacity);
}

// `input` and `output` are dense and of the shapes above, but for the batch. A program exported for any batch tells its
// largest as its shape; ExecuTorch itself refuses what the program does not take.
int shim_run(Model* model, int32_t batch, float* input, float* output, size_t output_count) {
  std::vector<SizesType> sizes = model->input.sizes;
  if (!sizes.empty()) sizes[0] = batch;
  const TensorPtr tensor = executorch::extension::make_tensor_ptr(sizes, input, model->input.order, {});
  const auto outputs = model->module.forward(tensor);
  if (!outputs.ok()) return static_cast<int>(outputs.error());
  const auto answer = outputs->at(0).toTensor();
  if (static_cast<size_t>(answer.numel()) != output_count) return static_cast<int>(Error::InvalidProgram);
  std::memcpy(output, answer.const_data_ptr<float>(), output_count * sizeof(float));
  return static_cast<int>(Error::Ok);
}

void shim_close(Model* model) { delete model; }

}  // extern "C"
