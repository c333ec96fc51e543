// Answers with a file of LiteRT, one image after the other: PROGRAM file inputs outputs.
#include <stdint.h>
#include <stdlib.h>

#include "without_python.h"

// The package carries LiteRT's library without its headers: this is as much of them as it takes.
typedef struct Opaque* Handle;
typedef struct {
  int element;
  unsigned int rank : 7, has_strides : 1;
  int32_t dimensions[8];
  uint32_t strides[8];
} Type;
int LiteRtCreateEnvironment(int count, const void* options, Handle* environment);
int LiteRtCreateModelFromFile(Handle environment, const char* file, Handle* model);
int LiteRtCreateOptions(Handle* options);
int LiteRtSetOptionsHardwareAccelerators(Handle options, int accelerators);
int LiteRtCreateCompiledModel(Handle environment, Handle model, Handle options, Handle* compiled);
int LiteRtCreateTensorBufferFromHostMemory(const Type* type, void* memory, size_t bytes, void (*release)(void*),
                                           Handle* buffer);
int LiteRtRunCompiledModel(Handle compiled, size_t signature, size_t taken, Handle* inputs, size_t given,
                           Handle* outputs);

enum { FLOAT32 = 1, PROCESSOR = 1, ALIGNMENT = 64, PIXELS = 32 * 32, CLASSES = 10 };

static void check(int status, const char* what) {
  if (!status) return;
  fprintf(stderr, "LiteRT's error: number %d, %s\n", status, what);
  exit(1);
}

static Handle buffer(const Type* type, size_t count, float** numbers) {
  Handle made;
  const size_t bytes = count * sizeof(float);
  *numbers = aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  check(LiteRtCreateTensorBufferFromHostMemory(type, *numbers, bytes, free, &made), "the buffer");
  return made;
}

int main(int count, char** argument) {
  Handle environment, model, options, compiled;
  check(LiteRtCreateEnvironment(0, NULL, &environment), "the environment");
  check(LiteRtCreateModelFromFile(environment, argument[1], &model), "the file");
  check(LiteRtCreateOptions(&options), "the options");
  check(LiteRtSetOptionsHardwareAccelerators(options, PROCESSOR), "the processor");
  check(LiteRtCreateCompiledModel(environment, model, options, &compiled), "the compilation");

  const Type images = {FLOAT32, 4, 0, {1, 32, 32, 1}}, scores = {FLOAT32, 2, 0, {1, CLASSES}};
  float *image, *score;
  Handle question = buffer(&images, PIXELS, &image), answer = buffer(&scores, CLASSES, &score);
  FILE *inputs = fopen(argument[2], "rb"), *outputs = fopen(argument[3], "wb");
  while (fread(image, sizeof(float), PIXELS, inputs) == PIXELS) {
    check(LiteRtRunCompiledModel(compiled, 0, 1, &question, 1, &answer), "the answer");
    fwrite(score, sizeof(float), CLASSES, outputs);
  }
  fclose(outputs);
  printf("%d", python_is_loaded());
  return 0;
}
