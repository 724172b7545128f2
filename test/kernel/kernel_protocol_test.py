"""The kernel as Jupyter's own judge sees it: jupyter_kernel_test checks each message against the protocol's schema.

`protocol.test.ts` runs this file, with JUPYTER_PATH leading to the kernelspecs. By hand:

    node kernel/dist/install.js /tmp/k && JUPYTER_PATH=/tmp/k/share/jupyter python test/kernel/kernel_protocol_test.py

Of the standard suite only two tests do not apply:
- test_pager: TypeScript has no `?` that opens a pager, and the kernel sends no payloads;
- IopubWelcomeTests: optional (JEP 65), for kernels whose iopub is an XPUB socket.

KERNEL=tslab-stock runs the same against the unchanged tslab, for comparison.
"""

import os
import unittest

import jupyter_kernel_test as jkt
from jupyter_kernel_test.msgspec_v5 import validate_message

HOOK = '(globalThis as any)[Symbol.for("jupyter.kernel")]'


class TypeScriptKernelTests(jkt.KernelTests):
    kernel_name = os.environ.get("KERNEL", "tslab")
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world");'
    code_stderr = 'console.error("hello, world");'
    completion_samples = [
        {"text": "Math.ab", "matches": ["abs"]},
        {"text": "[1].flatM", "matches": ["flatMap"]},
    ]
    complete_code_samples = ["1", "const f = (x: number) => x * x;", "await Promise.resolve(1)", "<number>1", ""]
    incomplete_code_samples = ["function f() {", "const a = [1,", "f(", "const text = `one", "/* open"]
    invalid_code_samples = ["const = 1;", "let 1x = 2", "a b c"]
    code_generate_error = 'throw new Error("wanted");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2].map((x) => x / 4)", "result": "[ 0.25, 0.5 ]"},
        {"code": "await Promise.resolve({ a: 1n })", "result": "{ a: 1n }"},
        {"code": "'text'", "result": "text"},
        {"code": '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>1</b>" }) })', "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'import { display } from "tslab"; display.html("<b>hi</b>")', "mime": "text/html"},
        {"code": f'{HOOK}.publish("display_data", {{ data: {{ "image/png": Buffer.alloc(3) }} }})', "mime": "image/png"},
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max("
    code_clear_output = f"{HOOK}.clearOutput()"

    # What the standard suite leaves open.

    def test_type_error(self) -> None:
        self.flush_channels()
        reply, outputs = self.execute_helper('const n: number = "one";')
        self.assertEqual([output["msg_type"] for output in outputs], ["error"])
        self.assertEqual(reply["content"]["ename"], "TypeScriptError")
        self.assertIn("TS2322", reply["content"]["evalue"])
        self.assertIn(reply["content"]["evalue"], reply["content"]["traceback"][-1])

    def test_silent(self) -> None:
        self.flush_channels()
        count = self.execute_helper("1")[0]["content"]["execution_count"]
        _, outputs = self.execute_helper("2", silent=True, store_history=False)
        self.assertEqual(outputs, [])
        self.assertEqual(self.execute_helper("3")[0]["content"]["execution_count"], count + 1)

    def test_comm_info(self) -> None:
        self.flush_channels()
        msg_id = self.kc.comm_info()
        reply = self.get_non_kernel_info_reply(timeout=jkt.TIMEOUT)
        validate_message(reply, "comm_info_reply", msg_id)
        self.assertEqual(reply["content"]["comms"], {})

    def test_aborted(self) -> None:
        self.flush_channels()
        sent = [self.kc.execute("throw new Error()"), self.kc.execute("1"), self.kc.execute("2")]
        replies = [self.get_non_kernel_info_reply(timeout=jkt.TIMEOUT) for _ in sent]
        self.assertEqual([reply["content"]["status"] for reply in replies], ["error", "aborted", "aborted"])
        self.assertEqual([reply["parent_header"]["msg_id"] for reply in replies], sent)
        self.flush_channels()

    def test_execution_count(self) -> None:
        self.flush_channels()
        counts = [self.execute_helper("1")[0]["content"]["execution_count"] for _ in range(3)]
        self.assertEqual(counts, list(range(counts[0], counts[0] + 3)))

    def test_200_000_lines(self) -> None:
        self.flush_channels()
        _, outputs = self.execute_helper("for (let i = 0; i < 200_000; i++) console.log(i % 10);")
        text = "".join(output["content"]["text"] for output in outputs if output["content"]["name"] == "stdout")
        self.assertEqual(len(text), 400_000)
        self.assertEqual(text.count("\n"), 200_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
