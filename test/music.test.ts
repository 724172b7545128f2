/** Melodies: names of pitches, sound, WAV and MIDI files, the tunes of the course, and how a notebook shows them. */
import { strict as assert } from "node:assert";
import { audio, data, music, plot } from "unrolled";
import python from "./fixtures/music.json";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** How much of a sound is a tone of this frequency: |Σ x(t) e^(−2πi f t)| · 2/N, the amplitude of a lasting sine. */
function amplitude(samples: Float32Array, hertz: number, sampleRate: number): number {
  let [re, im] = [0, 0];
  samples.forEach((x, i) => {
    const angle = (2 * Math.PI * hertz * i) / sampleRate;
    re += x * Math.cos(angle);
    im += x * Math.sin(angle);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe("music.pitchName", () => {
  it("names the notes of the MIDI standard, and back", () => {
    const known: [string, number][] = [["C-1", 0], ["A0", 21], ["C4", 60], ["C#4", 61], ["B4", 71], ["A4", 69], ["G9", 127]]; // prettier-ignore
    for (const [name, pitch] of known) {
      assert.equal(music.pitchName(pitch), name);
      assert.equal(music.pitchNumber(name), pitch);
    }
    for (let pitch = 0; pitch < 128; pitch++) assert.equal(music.pitchNumber(music.pitchName(pitch)), pitch);
    assert.equal(music.pitchNumber("Bb3"), 58);
  });

  it("refuses what is no pitch", () => {
    assert.throws(() => music.pitchName(128), /pitchName: expected a MIDI number from 0 to 127, got 128/);
    for (const name of ["H4", "C", "c4", "G#9", "C4 ", ""]) assert.throws(() => music.pitchNumber(name), /pitchNumber/);
  });
});

describe("music.synthesise", () => {
  const sampleRate = 16_000;

  it("makes a tone of the pitch's frequency", () => {
    const samples = music.synthesise([{ pitch: 69, beats: 1 }], { tempo: 60 });
    assert.equal(samples.length, sampleRate);
    const at = (hertz: number) => amplitude(samples, hertz, sampleRate);
    assert.ok(at(440) > 0.2, `${at(440)}`);
    assert.ok(at(880) > 0.07 && at(880) < at(440), "the octave sounds too, softer");
    for (const other of [415.3, 466.16, 220, 550]) assert.ok(at(other) < 0.01, `${other} Hz: ${at(other)}`);
  });

  it("puts notes and rests where the tempo says", () => {
    const notes = [{ pitch: 60, beats: 0.5 }, { pitch: null, beats: 1 }, { pitch: 72, beats: 2 }]; // prettier-ignore
    const samples = music.synthesise(notes, { tempo: 120, sampleRate: 8000 }); // half a second for each beat
    assert.equal(samples.length, 14_000);
    const energy = (from: number, to: number) => samples.subarray(from, to).reduce((sum, x) => sum + x * x, 0);
    assert.ok(energy(0, 2000) > 10);
    assert.equal(energy(2000, 6000), 0);
    assert.ok(amplitude(samples.subarray(6000), 523.25, 8000) > 0.2);
  });

  it("begins and ends each note softly and never goes beyond 1", () => {
    const notes = [40, 60, 127].map((pitch) => ({ pitch, beats: 1 }));
    const samples = music.synthesise(notes, { tempo: 60 });
    assert.ok(samples.every((x) => Math.abs(x) <= 1));
    for (const at of [0, 15_999, 16_000, 31_999])
      assert.ok(Math.abs(samples[at]) < 0.01, `sample ${at}: ${samples[at]}`);
  });

  it("refuses impossible notes", () => {
    assert.throws(
      () => music.synthesise([{ pitch: 60.5, beats: 1 }]),
      /synthesise: expected a pitch .* got 60.5 in note 0/,
    );
    assert.throws(
      () => music.synthesise([{ pitch: 60, beats: 0 }]),
      /synthesise: expected beats above 0, got 0 in note 0/,
    );
    assert.throws(() => music.synthesise([], { tempo: 0 }), /synthesise: expected a tempo above 0, got 0/);
  });
});

describe("music.encodeWav", () => {
  it("writes the file that Python's wave module writes", () => {
    assert.equal(base64(music.encodeWav(python.wav.samples)), python.wav.base64);
  });

  it("cuts off what is too loud and keeps silent what is no number", () => {
    const bytes = music.encodeWav([2, -7, NaN]);
    assert.deepEqual([...new Int16Array(bytes.buffer, 44)], [32_767, -32_767, 0]);
  });
});

describe("music.encodeMidi", () => {
  it("writes the file that mido writes", () => {
    const notes = python.midi.notes.map(([pitch, beats]) => ({ pitch, beats: beats! }));
    assert.equal(base64(music.encodeMidi(notes, { tempo: python.midi.tempo })), python.midi.base64);
  });

  // The file has 24 bits for the microseconds of a beat: others came out as another tempo, or as that of zeros.
  it("writes the slowest and the fastest tempo that the format has room for, and refuses others", () => {
    const microseconds = (tempo: number) => {
      const [high, middle, low] = music.encodeMidi([], { tempo }).slice(-7, -4);
      return high * 65_536 + middle * 256 + low;
    };
    assert.equal(microseconds(120), 500_000);
    assert.equal(microseconds(60e6 / 0xffffff), 0xffffff); // 3.58 beats a minute
    assert.equal(microseconds(60e6), 1);
    for (const tempo of [0, -120, NaN, Infinity, 3, 60e6 / 0x1000000, 1.3e8]) {
      assert.throws(() => music.encodeMidi([], { tempo }), {
        name: "RangeError",
        message: `encodeMidi: expected a tempo from 3.58 to 60,000,000 beats a minute, got ${tempo}`,
      });
    }
  });

  it("lets no rounding add up over triplets", () => {
    const bytes = music.encodeMidi(Array.from({ length: 700 }, () => ({ pitch: null, beats: 1 / 7 })));
    const [high, middle, low, ...end] = bytes.slice(-6); // the ticks in groups of 7 bits, then "end of track"
    assert.deepEqual(end, [0xff, 0x2f, 0]);
    assert.equal(((high & 127) << 14) + ((middle & 127) << 7) + low, 48_000);
  });
});

describe("audio", () => {
  const samples = music.synthesise([{ pitch: 69, beats: 1 }]);

  it("puts a player with the whole sound into a notebook", () => {
    const kernel = Symbol.for("jupyter.kernel");
    const sent: Record<string, string>[] = [];
    const publish = (_type: string, { data }: { data: Record<string, string> }) => sent.push(data);
    Object.assign(globalThis, { [kernel]: { publish, clearOutput() {} } });
    try {
      audio(samples, { caption: "A & B" });
    } finally {
      delete (globalThis as Record<symbol, unknown>)[kernel];
    }
    const [, wav] = /<audio controls [^>]*src="data:audio\/wav;base64,([^"]+)">/.exec(sent[0]["text/html"])!;
    assert.equal(wav, base64(music.encodeWav(samples)));
    assert.ok(sent[0]["text/html"].startsWith("<div>A &amp; B</div>"));
  });

  it("tells a terminal how long the sound is", () => {
    let line = "";
    const write = process.stdout.write;
    process.stdout.write = ((text: string) => ((line += text), true)) as typeof write;
    try {
      audio(samples, { caption: "Kite" });
    } finally {
      process.stdout.write = write;
    }
    assert.equal(line, "[Kite: sound of 0.5 s]\n");
  });
});

describe("data.loadMelodies", () => {
  it("has 16 tunes of eight bars on the white keys", async () => {
    const tunes = await data.loadMelodies();
    assert.equal(tunes.length, 16);
    for (const { title, beatsPerBar, notes } of tunes) {
      assert.equal(
        notes.reduce((sum, { beats }) => sum + beats, 0),
        8 * beatsPerBar,
        title,
      );
      for (const { pitch } of notes) assert.ok(pitch === null || [0, 2, 4, 5, 7, 9, 11].includes(pitch % 12), title);
    }
    assert.equal(new Set(tunes.map(({ title }) => title)).size, 16);
  });

  it("says which bar is wrong", () => {
    const table = (notes: string) => `title\tbeats\tnotes\nTest\t3\t${notes}\n`;
    assert.deepEqual(data.parseMelodies(table("C4:2 R:1")), [
      { title: "Test", beatsPerBar: 3, notes: [{ pitch: 60, beats: 2 }, { pitch: null, beats: 1 }] },
    ]); // prettier-ignore
    assert.throws(() => data.parseMelodies(table("C4:3 | D4:2")), /expected 3 beats in bar 2 of "Test", got 2/);
    assert.throws(() => data.parseMelodies(table("C4:3 | D4")), /expected a note such as C4:1 or R:0.5, got "D4"/);
  });
});

describe("plot.pianoRoll", () => {
  it("puts each part after the one before, and leaves rests empty", () => {
    const given = [{ pitch: 60, beats: 1 }, { pitch: null, beats: 0.5 }]; // prettier-ignore
    const { data: traces, layout } = plot.pianoRoll({ given, written: [{ pitch: 67, beats: 2 }] });
    assert.deepEqual(traces.map(({ name, base, x, y }) => [name, base, x, y]), [["given", [0], [1], [60]], ["written", [1.5], [2], [67]]]); // prettier-ignore
    assert.deepEqual((layout.yaxis as { ticktext: string[] }).ticktext, ["C4", "G4"]);
    assert.match(layout.meta!.description!, /2 notes from C4 to G4 in 3.5 beats/);
  });
});
