// Part of the native binding (binding.mjs compiles it in): keeps TensorFlow quiet while it is loaded.
//
// TensorFlow 2.21 prints notices about oneDNN from a static constructor, before it has looked at TF_CPP_MIN_LOG_LEVEL, so
// nothing in JavaScript can silence them, and they land in the terminal at each start of a kernel. The limit of its log
// library is a plain atomic number that can be set earlier: the binding is linked with `-z initfirst`, which runs the
// constructor below before those of the libraries it needs. Errors are still printed.
#if defined(__linux__) && __has_include("absl/log/globals.h")

#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

__attribute__((constructor)) void SetLogLevelEarly() {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");  // as TensorFlow counts: 0 all, 1 warnings, 2 errors
  absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(level ? std::atoi(level) : 2));
}

}  // namespace

#endif
