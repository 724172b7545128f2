import { strict as assert } from "node:assert";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { data } from "unrolled";

const body = Buffer.from("a line of text\n".repeat(1000));

/** Answers requests one after another with the given handlers (the last one again and again) on 127.0.0.1. */
async function withServer(
  handlers: http.RequestListener[],
  test: (url: string, requests: http.IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    const handler = handlers[Math.min(requests.length, handlers.length - 1)];
    requests.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, requests);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const ok: http.RequestListener = (_, response) => response.end(body);
const status =
  (code: number): http.RequestListener =>
  (_, response) =>
    response.writeHead(code).end("<html>sorry</html>");

/** Sends the first `sent` bytes of the file, promises all of it, and hangs up. */
const breakAfter =
  (sent: number, headers: http.OutgoingHttpHeaders = {}): http.RequestListener =>
  (_, response) => {
    response.writeHead(200, { "Content-Length": body.length, ...headers });
    response.write(body.subarray(0, sent), () => setTimeout(() => response.destroy(), 20));
  };

/** Honours a Range header as a good server does. */
const rest: http.RequestListener = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(206, { ETag: '"v1"', "Content-Range": `bytes ${from}-${body.length - 1}/${body.length}` });
  response.end(body.subarray(from));
};

const quick = { backOff: 1, idleTimeout: 2000 };

describe("data.download", () => {
  it("brings the file and reports progress up to its length", () =>
    withServer([ok], async (url) => {
      const seen: [number, number | undefined][] = [];
      const { bytes } = await data.download([url], { onProgress: (received, total) => seen.push([received, total]) });
      assert.deepEqual(Buffer.from(bytes), body);
      assert.deepEqual(seen.at(-1), [body.length, body.length]);
    }));

  it("tries again after a server error, a little later each time", () =>
    withServer([status(500), status(503), ok], async (url, requests) => {
      const start = performance.now();
      const { bytes } = await data.download([url], { ...quick, backOff: 30 });
      assert.equal(bytes.length, body.length);
      assert.equal(requests.length, 3);
      assert.ok(performance.now() - start >= 85);
    }));

  it("gives up after three tries, and says each reason once", async () => {
    await withServer([status(500)], async (url, requests) => {
      await assert.rejects(data.download([url], quick), { message: `download: ${new URL(url).host}: status 500` });
      assert.equal(requests.length, 3);
    });
    await withServer([status(500), status(503), status(500)], async (url) => {
      const { host } = new URL(url);
      await assert.rejects(data.download([url], quick), {
        message: `download: ${host}: status 500; ${host}: status 503`,
      });
    });
  });

  // What fetch throws was "getaddrinfo ENOTFOUND a.invalid", once for each try.
  it("says in plain words that there is no network, once for all addresses", async () => {
    const { fetch } = globalThis;
    for (const code of ["ENOTFOUND", "EAI_AGAIN"]) {
      globalThis.fetch = (address) => {
        const cause = Object.assign(new Error(`getaddrinfo ${code} ${new URL(String(address)).host}`), { code });
        return Promise.reject(new TypeError("fetch failed", { cause }));
      };
      try {
        const expected = "no network, or the name is unknown";
        await assert.rejects(data.download(["https://a.invalid/f"], quick), {
          message: `download: a.invalid: ${expected}`,
        });
        await assert.rejects(data.download(["https://a.invalid/f", "https://b.invalid/f"], quick), {
          message: `download: a.invalid, b.invalid: ${expected}`,
        });
      } finally {
        globalThis.fetch = fetch;
      }
    }
  });

  it("does not ask again for what is not there, but asks the next address", () =>
    withServer([status(404), ok], async (url, requests) => {
      const { bytes } = await data.download([url, `${url}-mirror`], quick);
      assert.equal(bytes.length, body.length);
      assert.deepEqual(
        requests.map((request) => request.url),
        ["/file", "/file-mirror"],
      );
    }));

  // The turn was counted along a list that a refusal had made shorter: c came before b.
  it("asks every address in its turn, whoever refuses", () =>
    withServer([status(404), status(500), ok], async (url, requests) => {
      await data.download([`${url}-a`, `${url}-b`, `${url}-c`], quick);
      assert.deepEqual(
        requests.map((request) => request.url),
        ["/file-a", "/file-b", "/file-c"],
      );
    }));

  // Reading the host of such an address threw where its failure was noted.
  it("passes over what is no address at all, without counting it as a try", () =>
    withServer([ok], async (url) => {
      const bad = ["no address", "https://", ""];
      assert.equal((await data.download([...bad, url], quick)).bytes.length, body.length);
      await assert.rejects(data.download(bad, quick), {
        message: 'download: "no address", "https://", "": not an address',
      });
    }));

  it("fails at once if the only address says no", () =>
    withServer([status(404)], async (url, requests) => {
      await assert.rejects(data.download([url], quick), /download: 127.*: status 404$/);
      assert.equal(requests.length, 1);
    }));

  it("asks only for the rest when the connection broke and the server can give it", () =>
    withServer([breakAfter(6000, { ETag: '"v1"' }), rest], async (url, requests) => {
      const { bytes } = await data.download([url], quick);
      assert.deepEqual(Buffer.from(bytes), body);
      assert.equal(requests[1].headers.range, "bytes=6000-");
      assert.equal(requests[1].headers["if-range"], '"v1"');
    }));

  it("begins again when the server sends everything, has no name for the version, or only a weak one", async () => {
    await withServer([breakAfter(6000, { ETag: '"v1"' }), ok], async (url) => {
      assert.deepEqual(Buffer.from((await data.download([url], quick)).bytes), body);
    });
    for (const headers of [{}, { ETag: 'W/"v1"' }]) {
      await withServer([breakAfter(6000, headers), ok], async (url, requests) => {
        assert.deepEqual(Buffer.from((await data.download([url], quick)).bytes), body);
        assert.equal(requests[1].headers.range, undefined);
      });
    }
  });

  it("begins again when the rest is refused or is another part", async () => {
    const elsewhere: http.RequestListener = (_, response) => {
      response.writeHead(206, { "Content-Range": `bytes 0-99/${body.length}` }).end(body.subarray(0, 100));
    };
    for (const second of [status(416), elsewhere]) {
      await withServer([breakAfter(6000, { ETag: '"v1"' }), second, ok], async (url, requests) => {
        assert.deepEqual(Buffer.from((await data.download([url], quick)).bytes), body);
        assert.equal(requests[2].headers.range, undefined);
      });
    }
  });

  it("notices a file that ends before the promised length", () =>
    withServer([breakAfter(6000)], async (url, requests) => {
      await assert.rejects(data.download([url], quick), /download: /);
      assert.equal(requests.length, 3);
    }));

  it("does not wait for ever: for an answer, for the next piece, or for a trickle", async () => {
    const silent: http.RequestListener = () => {};
    const stalls: http.RequestListener = (_, response) => void response.write("a");
    const trickles: http.RequestListener = (_, response) => {
      const timer = setInterval(() => response.write("a"), 20);
      response.on("close", () => clearInterval(timer));
    };
    await withServer([silent], (url) =>
      assert.rejects(data.download([url], { tries: 1, idleTimeout: 50 }), /no answer for 0.05 s/),
    );
    await withServer([stalls], (url) =>
      assert.rejects(data.download([url], { tries: 1, idleTimeout: 50 }), /no answer for 0.05 s/),
    );
    await withServer([trickles], (url) =>
      assert.rejects(data.download([url], { tries: 1, idleTimeout: 1000, timeout: 100 }), /took longer than 0.1 s/),
    );
  });

  it("follows a redirect, but not away from https", async () => {
    const redirect =
      (to: string): http.RequestListener =>
      (_, response) =>
        response.writeHead(302, { Location: to }).end();
    await withServer([redirect("/moved"), ok], async (url) => {
      const { bytes, url: answered } = await data.download([url], quick);
      assert.equal(bytes.length, body.length);
      assert.match(answered, /\/moved$/);
    });
    await assert.rejects(
      data.download(["http://example.org/file"], quick),
      /expected https, got http:\/\/example\.org/,
    );
    await withServer([redirect("/again"), ok], async (url) => {
      const elsewhere = url.replace("127.0.0.1", "localhost");
      await withServer([redirect(elsewhere)], (first) =>
        assert.rejects(data.download([first], quick), /expected https, got http:\/\/localhost/),
      );
    });
  });

  it("stops at the size limit, announced or not, and takes no empty file", async () => {
    await withServer([ok], (url) =>
      assert.rejects(data.download([url], { ...quick, maxBytes: 1000 }), /15000 bytes are more than 1000/),
    );
    const chunked: http.RequestListener = (_, response) => {
      response.write(body);
      response.end(body);
    };
    await withServer([chunked], (url) =>
      assert.rejects(data.download([url], { ...quick, maxBytes: 20_000 }), /more than 20000 bytes/),
    );
    await withServer([(_, response) => response.end()], (url) =>
      assert.rejects(data.download([url], { ...quick, tries: 1 }), /an empty file/),
    );
  });

  it("says why nobody answers", async () => {
    let closed = "";
    await withServer([ok], async (url) => void (closed = url));
    await assert.rejects(data.download([closed], quick), /download: 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    await assert.rejects(data.download([]), /no address to download from/);
  });
});
