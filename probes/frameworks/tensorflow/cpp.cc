// Reads a network's input and weights, and writes the gradient of its loss, computed by libtensorflow_cc.
#include <fstream>
#include <memory>
#include <string>

#include "tensorflow/cc/framework/gradients.h"
#include "tensorflow/cc/ops/standard_ops.h"
#include "tensorflow/core/public/session.h"

using namespace tensorflow;

int main(int, char** argv) {
  const std::string folder = std::string(argv[1]) + "/";
  const Scope scope = Scope::NewRootScope();
  const auto read = [&](const char* name, int64_t rows, int64_t columns) -> Output {
    Tensor tensor(DT_FLOAT, {rows, columns});
    std::ifstream(folder + name, std::ios::binary).read(static_cast<char*>(tensor.data()), tensor.TotalBytes());
    return ops::Const(scope, tensor);
  };
  const Output inputs = read("inputs", 32, 16), first = read("first", 16, 8), second = read("second", 8, 4);

  const auto answer = ops::MatMul(scope, ops::Relu(scope, ops::MatMul(scope, inputs, first)), second);
  const auto loss = ops::Mean(scope, ops::Square(scope, answer), {0, 1});
  std::vector<Output> gradients;
  TF_CHECK_OK(AddSymbolicGradients(scope, {loss}, {first}, &gradients));

  // ClientSession, the usual way to run this, is declared in the package's headers but missing from its library.
  GraphDef graph;
  TF_CHECK_OK(scope.ToGraphDef(&graph));
  const std::unique_ptr<Session> session(NewSession(SessionOptions()));
  TF_CHECK_OK(session->Create(graph));
  std::vector<Tensor> found;
  TF_CHECK_OK(session->Run({}, {gradients[0].name()}, {}, &found));
  std::ofstream(folder + "gradient", std::ios::binary)
      .write(static_cast<const char*>(found[0].data()), found[0].TotalBytes());
}
