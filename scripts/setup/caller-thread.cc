// Part of the native binding (binding.mjs compiles it in): lets a graph ask to run in the thread that calls it.
//
// TensorFlow hands every graph, however small, to a pool of threads, and the caller sleeps until they are done: falling
// asleep and waking up take 20 to 60 µs each time, as long as the graph of a tiny model (hihell: 109 µs instead of 52).
// tfjs-node gives no way to configure a session, but a SavedModel carries tags, and whoever loads it names them. A model
// that is loaded with the tag "caller-thread" gets a session that runs in the caller's thread, one operation after the other;
// a binding without this file loads the same model, into an ordinary session.
//
// The binding is linked with `--wrap` for the two functions below, so that its calls of them come here.
#include <cstring>

#include "tensorflow/c/c_api.h"
#include "tensorflow/core/platform/denormal.h"

namespace {

// A ConfigProto (tensorflow/core/protobuf/config.proto), encoded by hand:
// inter_op_parallelism_threads (5): -1, experimental (16) { executor_type (3): "SINGLE_THREADED_EXECUTOR" }.
// That executor keeps no account of what is ready to run: another 3 to 8 % of a tiny step.
const char kConfig[] = "\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" "\x82\x01\x1a" "\x1a\x18" "SINGLE_THREADED_EXECUTOR";

bool IsTagged(const char* const* tags, int count) {
  for (int i = 0; i < count; i++) {
    if (std::strcmp(tags[i], "caller-thread") == 0) return true;
  }
  return false;
}

}  // namespace

extern "C" {

TF_Session* __real_TF_LoadSessionFromSavedModel(const TF_SessionOptions*, const TF_Buffer*, const char*, const char* const*,
                                                int, TF_Graph*, TF_Buffer*, TF_Status*);

TF_Session* __wrap_TF_LoadSessionFromSavedModel(const TF_SessionOptions* options, const TF_Buffer* run_options,
                                                const char* directory, const char* const* tags, int tags_count,
                                                TF_Graph* graph, TF_Buffer* meta_graph, TF_Status* status) {
  TF_SessionOptions* own = TF_NewSessionOptions();
  if (IsTagged(tags, tags_count)) {
    TF_SetConfig(own, kConfig, sizeof(kConfig) - 1, status);
    if (TF_GetCode(status) == TF_OK) options = own;
  }
  TF_Session* session = __real_TF_LoadSessionFromSavedModel(options, run_options, directory, tags, tags_count, graph,
                                                            meta_graph, status);
  TF_DeleteSessionOptions(own);
  return session;
}

void __real_TF_SessionRun(TF_Session*, const TF_Buffer*, const TF_Output*, TF_Tensor* const*, int, const TF_Output*, TF_Tensor**,
                          int, const TF_Operation* const*, int, TF_Buffer*, TF_Status*);

// TensorFlow's own threads take numbers below 1e-38 for zero; the caller's thread has to be told, so that a graph gives the
// same numbers wherever it runs. (Speed is no reason on the machine of our figures: hello world 122 and 120 µs. Processors
// that trap on such numbers are slower by far.)
void __wrap_TF_SessionRun(TF_Session* session, const TF_Buffer* run_options, const TF_Output* inputs,
                          TF_Tensor* const* input_values, int inputs_count, const TF_Output* outputs,
                          TF_Tensor** output_values, int outputs_count, const TF_Operation* const* targets,
                          int targets_count, TF_Buffer* run_metadata, TF_Status* status) {
  tensorflow::port::ScopedFlushDenormal flush;
  __real_TF_SessionRun(session, run_options, inputs, input_values, inputs_count, outputs, output_values, outputs_count,
                       targets, targets_count, run_metadata, status);
}

}  // extern "C"
