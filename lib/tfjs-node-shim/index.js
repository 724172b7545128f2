// danfojs-node asks for @tensorflow/tfjs-node; it gets the TensorFlow.js (and backend) of this course.
module.exports = require("unrolled").tf;
