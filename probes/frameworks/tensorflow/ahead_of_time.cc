// Gives the class that saved_model_cli generated a C interface, so that any language can call it.
#include <algorithm>

#include "network.h"

extern "C" void answer(const float* inputs, float* logits) {
  Network network;
  std::copy_n(inputs, network.arg0_count(), network.arg0_data());
  network.Run();
  std::copy_n(network.result0_data(), network.result0_count(), logits);
}
