// Reads a network's input and weights, and writes the gradient of its loss, computed by libtorch.
#include <torch/torch.h>

#include <fstream>
#include <string>

int main(int, char** argv) {
  const std::string folder = std::string(argv[1]) + "/";
  const auto read = [&](const char* name, int64_t rows, int64_t columns) {
    return torch::from_file(folder + name, false, rows * columns).view({rows, columns}).clone();
  };
  const auto inputs = read("inputs", 32, 16), second = read("second", 8, 4);
  auto first = read("first", 16, 8).requires_grad_();

  const auto loss = torch::relu(inputs.mm(first)).mm(second).square().mean();
  loss.backward();

  const auto gradient = first.grad().contiguous();
  std::ofstream(folder + "gradient", std::ios::binary)
      .write(static_cast<const char*>(gradient.data_ptr()), gradient.nbytes());
}
