// Answers with a program of ExecuTorch: PROGRAM program inputs outputs batch.
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

#include <fstream>
#include <iostream>
#include <vector>

#include "without_python.h"

int main(int, char** argv) {
  const int batch = std::stoi(argv[4]);
  std::vector<float> inputs(batch * 32 * 32);
  std::ifstream(argv[2], std::ios::binary).read(reinterpret_cast<char*>(inputs.data()), inputs.size() * sizeof(float));

  executorch::extension::Module model(argv[1]);
  const auto results = model.forward(executorch::extension::from_blob(inputs.data(), {batch, 1, 32, 32}));
  if (!results.ok()) {
    std::cerr << "ExecuTorch's error: number " << static_cast<int>(results.error()) << "\n";
    return 1;
  }
  const auto answer = results->at(0).toTensor();

  std::ofstream(argv[3], std::ios::binary).write(static_cast<const char*>(answer.const_data_ptr()), answer.nbytes());
  std::cout << python_is_loaded();
}
