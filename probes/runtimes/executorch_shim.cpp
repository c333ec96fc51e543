// A C interface to ExecuTorch's Module for programs whose inputs and outputs are tensors, of any number and type.
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
using executorch::runtime::EValue;
using executorch::runtime::Program;

namespace {

struct Layout {
  ScalarType type;
  std::vector<SizesType> sizes;
  std::vector<DimOrderType> order;  // of the dimensions in memory, outermost first
};

struct Model {
  explicit Model(const char* path) : module(path) {}
  Module module;
  std::vector<Layout> inputs;
  std::vector<Layout> outputs;
};

template <typename Meta>
Error add_layout(const Meta& meta, std::vector<Layout>& layouts) {
  if (!meta.ok()) return meta.error();
  layouts.push_back({meta->scalar_type(), {meta->sizes().begin(), meta->sizes().end()},
                     {meta->dim_order().begin(), meta->dim_order().end()}});
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
  // An input or output that is no tensor has no layout: its error is the answer.
  for (size_t i = 0; i < meta->num_inputs() && error == Error::Ok; ++i) {
    error = add_layout(meta->input_tensor_meta(i), model.inputs);
  }
  for (size_t i = 0; i < meta->num_outputs() && error == Error::Ok; ++i) {
    error = add_layout(meta->output_tensor_meta(i), model.outputs);
  }
  return error;
}

const std::vector<Layout>& side(const Model* model, int outputs) { return outputs ? model->outputs : model->inputs; }

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

int shim_count(const Model* model, int outputs) { return static_cast<int>(side(model, outputs).size()); }

// Sizes in the order of memory: N×H×W×C for a program exported with channels-last images; the largest, where a size may
// vary. `type` is a number of ExecuTorch's ScalarType. Returns the number of dimensions, or -1 when there are more than
// `capacity`.
int shim_layout(const Model* model, int outputs, int index, int32_t* shape, int capacity, int* type) {
  const Layout& layout = side(model, outputs)[index];
  const int rank = static_cast<int>(layout.order.size());
  if (rank > capacity) return -1;
  for (int i = 0; i < rank; ++i) shape[i] = layout.sizes[layout.order[i]];
  *type = static_cast<int>(layout.type);
  return rank;
}

// `inputs` and `outputs` point to dense tensors of the types above. `shapes` holds the sizes of all inputs, one after
// the other, in the order of memory; ExecuTorch itself refuses what the program does not take. `capacities` are the
// bytes that there is room for in each output, `results` takes the sizes of all outputs as `shapes` does.
int shim_run(Model* model, void** inputs, const int32_t* shapes, void** outputs, const size_t* capacities,
             int32_t* results) {
  std::vector<TensorPtr> tensors;
  std::vector<EValue> given;
  for (size_t each = 0; each < model->inputs.size(); ++each) {
    const Layout& layout = model->inputs[each];
    std::vector<SizesType> sizes(layout.order.size());
    for (size_t i = 0; i < sizes.size(); ++i) sizes[layout.order[i]] = *shapes++;
    tensors.push_back(
        executorch::extension::make_tensor_ptr(sizes, inputs[each], layout.order, {}, layout.type));
    given.emplace_back(tensors.back());
  }
  const auto answers = model->module.forward(given);
  if (!answers.ok()) return static_cast<int>(answers.error());
  for (size_t each = 0; each < model->outputs.size(); ++each) {
    const auto answer = answers->at(each).toTensor();
    if (answer.nbytes() > capacities[each]) return static_cast<int>(Error::InvalidProgram);
    const auto order = answer.dim_order();
    for (size_t i = 0; i < order.size(); ++i) *results++ = answer.sizes()[order[i]];
    std::memcpy(outputs[each], answer.const_data_ptr(), answer.nbytes());
  }
  return static_cast<int>(Error::Ok);
}

void shim_close(Model* model) { delete model; }

}  // extern "C"
