/** Melodies: notes and their names, and melodies as sound and as files. */
export { frequency, pitchName, pitchNumber, type Note } from "./pitch";
export { synthesise, type SynthOptions } from "./synth";
export { encodeWav } from "./wav";
export { encodeMidi } from "./midi";
