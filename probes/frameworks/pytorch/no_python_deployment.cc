// Answers with a package of AOTInductor: PROGRAM package inputs outputs batch.
#include <ATen/ATen.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include <fstream>
#include <iostream>
#include <vector>

#include "without_python.h"

int main(int, char** argv) {
  const int64_t batch = std::stoll(argv[4]);
  std::vector<at::Tensor> inputs{at::from_file(argv[2], false, batch * 32 * 32, at::kFloat).view({batch, 1, 32, 32})};

  torch::inductor::AOTIModelPackageLoader model(argv[1]);
  const at::Tensor answer = model.run(inputs)[0].contiguous();

  std::ofstream(argv[3], std::ios::binary).write(static_cast<const char*>(answer.data_ptr()), answer.nbytes());
  std::cout << python_is_loaded();
}
