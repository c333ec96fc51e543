// Answers with a SavedModel: PROGRAM folder inputs outputs batch input-operation output-operation.
#include <stdio.h>
#include <stdlib.h>

#include "tensorflow/c/c_api.h"
#include "without_python.h"

static void check(const TF_Status* status) {
  if (TF_GetCode(status) == TF_OK) return;
  fprintf(stderr, "%s\n", TF_Message(status));
  exit(1);
}

int main(int count, char** argument) {
  const int64_t batch = atoll(argument[4]), shape[] = {batch, 32, 32, 1};
  TF_Tensor* inputs = TF_AllocateTensor(TF_FLOAT, shape, 4, batch * 32 * 32 * sizeof(float));
  FILE* file = fopen(argument[2], "rb");
  fread(TF_TensorData(inputs), 1, TF_TensorByteSize(inputs), file);
  fclose(file);

  TF_Status* status = TF_NewStatus();
  TF_Graph* graph = TF_NewGraph();
  const char* tags[] = {"serve"};
  TF_Session* session =
      TF_LoadSessionFromSavedModel(TF_NewSessionOptions(), NULL, argument[1], tags, 1, graph, NULL, status);
  check(status);

  const TF_Output from = {TF_GraphOperationByName(graph, argument[5]), 0};
  const TF_Output to = {TF_GraphOperationByName(graph, argument[6]), 0};
  TF_Tensor* answer = NULL;
  TF_SessionRun(session, NULL, &from, &inputs, 1, &to, &answer, 1, NULL, 0, NULL, status);
  check(status);

  file = fopen(argument[3], "wb");
  fwrite(TF_TensorData(answer), 1, TF_TensorByteSize(answer), file);
  fclose(file);
  printf("%d", python_is_loaded());
  return 0;
}
